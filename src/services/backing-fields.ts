import { fieldsOf, integerOf, valueOf, type Fields } from '../manifest/fields.ts';
import type { ManifestNode } from '../manifest/manifest-node.ts';
import type { Problems } from '../manifest/problems.ts';
import type { BackingService } from './service-instance.ts';

/** Keys of an instance whose service cfstage is to run. */
export const BACKING_KEYS: readonly string[] = ['image', 'env', 'port', 'command', 'timeout'];

/** A big database needs minutes the first time; an hour is a mistake. */
const DEFAULT_TIMEOUT_SECONDS = 60;
const MAX_TIMEOUT_SECONDS = 3600;

/** How to run the service of an instance; undefined when it has no image, or not what an image needs. */
export function readBacking(fields: Fields, problems: Problems): BackingService | undefined {
  const image = valueOf(fields, 'image');
  if (image === undefined) {
    for (const key of BACKING_KEYS) {
      const entry = fields.get(key);
      if (entry !== undefined && key !== 'image') {
        problems.add(entry.key.at, `${key} is for a service with an image, which this one does not name`);
      }
    }
    return undefined;
  }
  const command = readCommand(valueOf(fields, 'command'), problems);
  const backing = {
    image: readImage(image, problems),
    env: readEnv(valueOf(fields, 'env'), problems),
    ...(command === undefined ? {} : { command }),
    timeoutSeconds: readTimeout(valueOf(fields, 'timeout'), problems),
  };
  const port = readPort(image, valueOf(fields, 'port'), problems);
  return port === undefined ? undefined : { ...backing, port };
}

/** Characters as in Docker's reference grammar; the engine judges the rest. */
function readImage(value: ManifestNode, problems: Problems): string {
  const text = value.kind === 'scalar' && value.type === 'string' ? value.text : '';
  if (/^[\w./:@-]+$/.test(text)) return text;
  problems.add(value.at, 'image must be the name of an image, e.g. postgres:16');
  return text;
}

function readEnv(value: ManifestNode | undefined, problems: Problems): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (value.kind !== 'map') {
    problems.add(value.at, 'env must be a map of variables');
    return {};
  }
  const entries: [string, string][] = [];
  for (const [name, entry] of fieldsOf(value)) {
    if (name === '' || /[=\0]/.test(name)) {
      problems.add(entry.key.at, 'the name of a variable must not be empty or hold an equals sign');
    }
    if (entry.value.kind !== 'scalar' || entry.value.type === 'null' || entry.value.text.includes('\0')) {
      problems.add(entry.value.at, `env: ${name} must be a string, a number or a boolean`);
    } else {
      entries.push([name, entry.value.text]);
    }
  }
  return Object.fromEntries(entries);
}

function readPort(
  image: ManifestNode,
  value: ManifestNode | undefined,
  problems: Problems,
): number | undefined {
  if (value !== undefined) return integerOf(value, 'port', { min: 1, max: 65_535 }, problems);
  problems.add(image.at, 'a service with an image needs the port that it listens on');
  return undefined;
}

function readCommand(value: ManifestNode | undefined, problems: Problems): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const items = value.kind === 'list' ? value.items : [value];
  const words = items.flatMap((item) => (item.kind === 'scalar' && item.type !== 'null' ? [item.text] : []));
  if (value.kind === 'list' && words.length === items.length && words.length > 0) return words;
  problems.add(value.at, 'command must be a list of words');
  return undefined;
}

function readTimeout(value: ManifestNode | undefined, problems: Problems): number {
  const limits = { min: 1, max: MAX_TIMEOUT_SECONDS };
  const seconds = value === undefined ? undefined : integerOf(value, 'timeout', limits, problems);
  return seconds ?? DEFAULT_TIMEOUT_SECONDS;
}
