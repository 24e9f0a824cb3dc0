import type * as z from 'zod';
import type { ManifestNode } from '../manifest/manifest-node.ts';
import { nearestKey, unknownKey } from '../manifest/nearest-key.ts';
import type { Problems } from '../manifest/problems.ts';
import { nodeAt } from './spec-yaml.ts';

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  null: 'empty',
  number: 'a number',
  object: 'a map',
  record: 'a map',
  string: 'a text',
};

const KEY_SEPARATOR = '\n';

/** The words of a fault: of an unknown key the known ones, which the issue itself does not have. */
export const faultWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const { shape = {} } = (issue.inst?._zod.def ?? {}) as { shape?: object };
      return Object.keys(shape).join(KEY_SEPARATOR);
    }
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kind(issue.expected)}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(String))}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
};

/** Tells the faults that a schema has found in the value of a node, each where it was written. */
export function addFaults(issues: readonly Issue[], root: ManifestNode, problems: Problems): void {
  addAll(issues, [], root, problems);
}

function addAll(
  issues: readonly Issue[],
  above: readonly PropertyKey[],
  root: ManifestNode,
  problems: Problems,
): void {
  const misspelt = issues.filter(({ code }) => code === 'unrecognized_keys');
  // What a map lacks it may well have under a wrong name.
  const others = issues.filter(
    (issue) =>
      issue.code !== 'unrecognized_keys' &&
      !(issue.code === 'custom' && misspelt.some(({ path }) => path.join('\n') === issue.path.join('\n'))),
  );
  for (const issue of [...misspelt, ...others]) addFault(issue, above, root, problems);
}

function addFault(issue: Issue, above: readonly PropertyKey[], root: ManifestNode, problems: Problems): void {
  const path = [...above, ...issue.path];
  const node = nodeAt(root, path);
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(KEY_SEPARATOR);
    for (const key of issue.keys) problems.add(keyPosition(node, key), unknownKey(key, known));
  } else if (issue.code === 'invalid_union') {
    const branch = fittingBranch(issue.errors);
    if (branch !== undefined) addAll(branch, path, root, problems);
    else problems.add(node.at, `${label(path)}${unionWords(issue.errors, node)}`);
  } else {
    problems.add(node.at, `${label(path)}${issue.message}`);
  }
}

/** What is wrong in the form that was meant: the one that is at least of the right kind. */
function fittingBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) => !issues.some(isOfOtherKind));
}

function isOfOtherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return fittingBranch(issue.errors) === undefined;
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

function unionWords(branches: readonly (readonly Issue[])[], node: ManifestNode): string {
  const issues = branches.flatMap(flatten);
  const values = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));
  const written = node.kind === 'scalar' && node.type === 'string' ? node.text : undefined;
  if (values.length > 0 && written !== undefined) {
    const nearest = nearestKey(written, values);
    const advice = nearest === undefined ? `known are ${values.join(', ')}` : `did you mean '${nearest}'?`;
    return `cannot be '${written}': ${advice}`;
  }
  const kinds = issues.flatMap((issue) => (issue.code === 'invalid_type' ? [kind(issue.expected)] : []));
  return `must be ${oneOf([...new Set(kinds)])}`;
}

function flatten(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue) =>
    issue.code === 'invalid_union' && issue.path.length === 0 ? issue.errors.flatMap(flatten) : [issue],
  );
}

function keyPosition(node: ManifestNode, key: string) {
  const entry = node.kind === 'map' ? node.entries.find((one) => one.key.text === key) : undefined;
  return entry?.key.at ?? node.at;
}

function label(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file ';
  if (typeof last === 'string') return `'${last}' `;
  const list = path.findLast((part) => typeof part === 'string');
  return list === undefined ? 'this ' : `an item of '${list}' `;
}

function kind(expected: string): string {
  return KINDS[expected] ?? expected;
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
