import { fieldsOf, mapsOf, valueOf, type Fields } from '../manifest/fields.ts';
import { plainValue, type ManifestNode, type MapNode } from '../manifest/manifest-node.ts';
import type { Problems } from '../manifest/problems.ts';
import { BACKING_KEYS, readBacking } from './backing-fields.ts';
import { fillCredentials } from './credentials-template.ts';
import { USER_PROVIDED, type BackingService, type ServiceInstance } from './service-instance.ts';

/** Keys of an instance. */
export const INSTANCE_KEYS: readonly string[] = [
  ...['name', 'label', 'plan', 'provider', 'tags', 'credentials', 'syslog_drain_url', 'volume_mounts'],
  ...BACKING_KEYS,
];

/** Reads one instance; undefined when it has no usable name. */
export function readInstance(item: MapNode, problems: Problems): ServiceInstance | undefined {
  const fields = fieldsOf(item);
  const name = textOf(fields, 'name', problems);
  if (name === null && valueOf(fields, 'name') === undefined) {
    problems.add(item.at, 'a service instance needs a name');
  }
  const backing = readBacking(fields, problems);
  const instance = {
    label: textOf(fields, 'label', problems) ?? USER_PROVIDED,
    plan: textOf(fields, 'plan', problems),
    provider: textOf(fields, 'provider', problems),
    tags: readTags(fields, problems),
    credentials: readCredentials(fields, name ?? '', backing, problems),
    syslogDrainUrl: textOf(fields, 'syslog_drain_url', problems),
    volumeMounts: readVolumeMounts(fields, problems),
    ...(backing === undefined ? {} : { backing }),
  };
  return name === null ? undefined : { name, ...instance };
}

/** A string that is not empty; null when it is absent. */
function textOf(fields: Fields, key: string, problems: Problems): string | null {
  const value = valueOf(fields, key);
  if (value === undefined) return null;
  if (value.kind === 'scalar' && value.type === 'string' && value.text !== '') return value.text;
  problems.add(value.at, `${key} must be a string that is not empty; quote a number`);
  return null;
}

function readTags(fields: Fields, problems: Problems): readonly string[] {
  const value = valueOf(fields, 'tags');
  if (value === undefined) return [];
  const items = value.kind === 'list' ? value.items : [value];
  const tags = items.flatMap((item) => (item.kind === 'scalar' && item.type === 'string' ? [item.text] : []));
  if (value.kind !== 'list' || tags.length < items.length) {
    problems.add(value.at, 'tags must be a list of strings');
  }
  return [...new Set(tags)];
}

function readCredentials(
  fields: Fields,
  instance: string,
  backing: BackingService | undefined,
  problems: Problems,
): Readonly<Record<string, unknown>> {
  const value = valueOf(fields, 'credentials');
  if (value === undefined) return {};
  refuseOddKeys(value, problems);
  // Without a service of ours there is nothing to fill in: the text may well be a reference to CredHub.
  const filled = backing === undefined ? value : fillCredentials(value, instance, backing, problems);
  if (filled.kind === 'map') return plainMap(filled);
  problems.add(value.at, 'credentials must be a map');
  return {};
}

/** In YAML 1.1 a key `n` or `on` is a boolean, which nobody means who names a credential so. */
function refuseOddKeys(value: ManifestNode, problems: Problems): void {
  if (value.kind === 'scalar') return;
  const children = value.kind === 'list' ? value.items : value.entries.map((entry) => entry.value);
  for (const child of children) refuseOddKeys(child, problems);
  if (value.kind === 'list') return;
  for (const { key } of value.entries) {
    if (key.type === 'string' || key.type === 'int') continue;
    problems.add(key.at, `this key is a ${key.type} in YAML 1.1; quote it`);
  }
}

function readVolumeMounts(fields: Fields, problems: Problems): readonly Readonly<Record<string, unknown>>[] {
  const value = valueOf(fields, 'volume_mounts');
  if (value === undefined) return [];
  return mapsOf(value, 'volume_mounts must be a list of maps', problems).map(plainMap);
}

function plainMap(map: MapNode): Readonly<Record<string, unknown>> {
  return plainValue(map) as Readonly<Record<string, unknown>>;
}
