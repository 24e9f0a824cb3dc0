import type { ManifestNode } from './manifest-node.ts';

const TYPE_NAMES = {
  null: '<nil>',
  bool: 'bool',
  int: 'int',
  float: 'float64',
  timestamp: 'time.Time',
  string: 'string',
} as const;

/** As Go's `%T` names what yaml.v2 decodes. */
export function goTypeName(node: ManifestNode): string {
  if (node.kind === 'list') return '[]interface {}';
  return node.kind === 'map' ? 'map[interface {}]interface {}' : TYPE_NAMES[node.type];
}

/** As Go's `%v` prints it. */
export function goValue(node: ManifestNode): string {
  if (node.kind === 'list') return `[${node.items.map(goValue).join(' ')}]`;
  if (node.kind === 'map') {
    return `map[${node.entries.map(({ key, value }) => `${goValue(key)}:${goValue(value)}`).join(' ')}]`;
  }
  return node.type === 'null' ? '<nil>' : node.text;
}
