import type { ManifestNode, MapNode } from './manifest-node.ts';
import type { Problems } from './problems.ts';
import { rubyInspect, rubyText } from './ruby-text.ts';

/** Why Cloud Foundry refuses a name of an environment variable; undefined when it does not. Source: validators.rb. */
export function envNameProblem(name: string): string | undefined {
  if (name === '') return 'key must be a minimum length of 1';
  if (/^VCAP_/i.test(name)) return 'cannot start with VCAP_';
  if (/^VMC/i.test(name)) return 'cannot start with VMC_';
  return /^PORT$/i.test(name) ? 'cannot set PORT' : undefined;
}

/** The text an app sees for a value of `env:`: null is empty, lists and maps are Ruby's inspect text. */
export function envText(value: ManifestNode): string {
  return value.kind === 'scalar' ? rubyText(value) : rubyInspect(value);
}

/** Reads the `env:` of an app. */
export function readEnv(env: ManifestNode, problems: Problems): Readonly<Record<string, string>> {
  if (env.kind !== 'map') {
    problems.add(env.at, 'Env must be an object of keys and values');
    return {};
  }
  return Object.fromEntries(env.entries.map((entry) => readVariable(entry, problems)));
}

function readVariable({ key, value }: MapNode['entries'][number], problems: Problems): [string, string] {
  const problem = key.type === 'string' ? envNameProblem(key.text) : 'key must be a string';
  if (problem !== undefined) problems.add(key.at, `Env ${problem}`);
  const date = findTimestamp(value);
  if (date !== undefined) {
    problems.add(
      date.at,
      `Env '${key.text}' is a date that Cloud Foundry cannot take; quote it: "${date.text}"`,
    );
  }
  return [key.text, envText(value)];
}

function findTimestamp(value: ManifestNode): { at: MapNode['at']; text: string } | undefined {
  if (value.kind === 'scalar') return value.type === 'timestamp' ? value : undefined;
  const children =
    value.kind === 'list' ? value.items : value.entries.flatMap((entry) => [entry.key, entry.value]);
  for (const child of children) {
    const found = findTimestamp(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
