import type { ScalarType } from './go-scalar.ts';

/** Both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  /** As Go's yaml.v2 writes the value; empty for null. */
  readonly text: string;
  readonly at: Position;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ManifestNode[];
  readonly at: Position;
}

export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: ManifestNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  readonly at: Position;
}

/** A YAML value with aliases and merge keys resolved, every part knowing where it was written. Aliased parts are shared. */
export type ManifestNode = ScalarNode | ListNode | MapNode;

export function isNull(node: ManifestNode): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

export function isString(node: ManifestNode): node is ScalarNode {
  return node.kind === 'scalar' && node.type === 'string';
}

/** The value of a key of a map; undefined when it is not there. */
export function lookUp(node: MapNode, key: string): ManifestNode | undefined {
  return node.entries.find((entry) => entry.key.text === key)?.value;
}

/** As JSON would hold it. Integers beyond 2^53 stay text. */
export function plainValue(node: ManifestNode): unknown {
  if (node.kind === 'list') return node.items.map(plainValue);
  if (node.kind === 'map') {
    return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, plainValue(value)]));
  }
  if (node.type === 'null') return null;
  if (node.type === 'bool') return node.text === 'true';
  const number = Number(node.text);
  const exact = node.type === 'float' ? Number.isFinite(number) : Number.isSafeInteger(number);
  return (node.type === 'int' || node.type === 'float') && exact ? number : node.text;
}
