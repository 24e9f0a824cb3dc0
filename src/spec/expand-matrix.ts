import { fieldsOf } from '../manifest/fields.ts';
import { lookUp, type ManifestNode, type MapNode, type ScalarNode } from '../manifest/manifest-node.ts';
import { unknownKey } from '../manifest/nearest-key.ts';
import type { Problems } from '../manifest/problems.ts';

/** One combination: name of the variable → value. */
export type MatrixValues = Readonly<Record<string, string>>;

/** The key of a matrix that lists combinations to leave out. */
const EXCLUDE = 'exclude';
const MAX_COMBINATIONS = 1000;
const VARIABLE = /\(\(matrix\.([^()\s]*)\)\)/g;

/** All combinations of a matrix in the order in which they are written; without a matrix, the empty one. */
export function combinations(scenario: MapNode, problems: Problems): readonly MatrixValues[] {
  const matrix = lookUp(scenario, 'matrix');
  if (matrix?.kind !== 'map') return [{}];
  const lists = matrix.entries.filter(({ key }) => key.text !== EXCLUDE);
  let all: MatrixValues[] = [{}];
  for (const { key, value } of lists) {
    if (value.kind !== 'list' || value.items.some((item) => item.kind !== 'scalar')) {
      problems.add(value.at, `'${key.text}' of a matrix must be a list of texts`);
      return [];
    }
    const texts = value.items.map((item) => (item as ScalarNode).text);
    all = all.flatMap((values) => texts.map((text) => ({ ...values, [key.text]: text })));
    if (all.length > MAX_COMBINATIONS) {
      problems.add(matrix.at, `a matrix may have at most ${MAX_COMBINATIONS} combinations`);
      return [];
    }
  }
  const excluded = exclusions(
    matrix,
    lists.map(({ key }) => key.text),
    problems,
  );
  const left = all.filter((values) => !excluded.some((one) => matches(values, one)));
  if (left.length === 0) problems.add(matrix.at, 'this matrix leaves nothing to run');
  return left;
}

function exclusions(matrix: MapNode, names: readonly string[], problems: Problems): readonly MatrixValues[] {
  const list = lookUp(matrix, EXCLUDE);
  if (list === undefined) return [];
  const items = list.kind === 'list' ? list.items : [];
  if (items.length === 0 || items.some((item) => item.kind !== 'map')) {
    problems.add(list.at, `'${EXCLUDE}' must be a list of maps`);
    return [];
  }
  return items.map((item) => {
    const entries = (item as MapNode).entries;
    for (const { key } of entries)
      if (!names.includes(key.text)) problems.add(key.at, unknownKey(key.text, names));
    return Object.fromEntries(
      entries.map(({ key, value }) => [key.text, value.kind === 'scalar' ? value.text : '']),
    );
  });
}

function matches(values: MatrixValues, excluded: MatrixValues): boolean {
  return Object.entries(excluded).every(([name, value]) => values[name] === value);
}

/**
 * A scenario as one combination has it: `((matrix.NAME))` replaced in every text, its name told apart from the others',
 * its stack that of the matrix if it does not say another.
 */
export function withValues(scenario: MapNode, values: MatrixValues, problems: Problems): MapNode {
  const names = Object.keys(values);
  const entries = scenario.entries.filter(({ key }) => key.text !== 'matrix');
  const { at } = scenario;
  const filled = fill({ kind: 'map', entries, at }, values, problems) as MapNode;
  if (names.length === 0) return filled;
  const fields = fieldsOf(filled);
  const name = lookUp(scenario, 'name');
  const suffix = names.map(
    (variable) => (variable === 'stack' ? '' : `${variable} `) + (values[variable] ?? ''),
  );
  const named = filled.entries.map((entry) =>
    entry.key.text === 'name' && name?.kind === 'scalar' && !name.text.includes('((matrix.')
      ? { key: entry.key, value: { ...name, text: `${name.text} (${suffix.join(', ')})` } }
      : entry,
  );
  const stack = values['stack'];
  if (stack === undefined || fields.has('stack')) return { ...filled, entries: named };
  const added = { key: text('stack', at), value: text(stack, at) };
  return { ...filled, entries: [...named, added] };
}

/** Whether a text is not yet what it will be. */
export function hasValues(node: ManifestNode): boolean {
  return node.kind === 'scalar' && node.text.search(VARIABLE) >= 0;
}

function fill(node: ManifestNode, values: MatrixValues, problems: Problems): ManifestNode {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => fill(item, values, problems)) };
  if (node.kind === 'scalar') return fillText(node, values, problems);
  const entries = node.entries.map(({ key, value }) => ({
    key: fillText(key, values, problems),
    value: fill(value, values, problems),
  }));
  return { ...node, entries };
}

function fillText(node: ScalarNode, values: MatrixValues, problems: Problems): ScalarNode {
  if (node.type !== 'string' || !node.text.includes('((matrix.')) return node;
  const names = Object.keys(values);
  const replaced = node.text.replace(VARIABLE, (written, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    problems.add(
      node.at,
      names.length === 0
        ? `${written}: there is no matrix`
        : unknownKey(name, names).replace('key', 'matrix value'),
    );
    return written;
  });
  return { ...node, text: replaced };
}

function text(value: string, at: ScalarNode['at']): ScalarNode {
  return { kind: 'scalar', type: 'string', text: value, at };
}
