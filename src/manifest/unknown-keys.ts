import { underscore } from './fields.ts';
import type { MapNode } from './manifest-node.ts';
import { PROCESS_KEYS } from './process-fields.ts';
import { locate } from './problems.ts';
import { SIDECAR_KEYS } from './sidecars.ts';

const ROOT_KEYS: ReadonlySet<string> = new Set(['applications', 'version', 'variables']);

const APP_KEYS: ReadonlySet<string> = new Set([
  ...PROCESS_KEYS,
  'name',
  'path',
  'buildpack',
  'buildpacks',
  'stack',
  'lifecycle',
  'docker',
  'env',
  'features',
  'metadata',
  'services',
  'routes',
  'no_route',
  'random_route',
  'default_route',
  'processes',
  'sidecars',
  'cnb_credentials',
]);

const ITEM_KEYS: ReadonlySet<string> = new Set([...PROCESS_KEYS, 'type', 'user']);
const SIDECAR_ITEM_KEYS: ReadonlySet<string> = new Set(SIDECAR_KEYS);

/** One line for each key that Cloud Foundry drops without a word, told once where it first appears. */
export function unknownKeys(root: MapNode, apps: readonly MapNode[], file: string): readonly string[] {
  const told = new Map<string, string>();
  const look = (map: MapNode, known: ReadonlySet<string>, where: string, spelling = underscore) => {
    for (const { key } of map.entries) {
      const id = `${where} ${key.text}`;
      if (known.has(spelling(key.text)) || told.has(id)) continue;
      told.set(id, `${locate(file, key.at)}: unknown key '${key.text}' ${where} is ignored`);
    }
  };
  look(root, ROOT_KEYS, 'at the top', (key) => key);
  for (const app of apps) {
    look(app, APP_KEYS, 'of an app');
    for (const process of itemsOf(app, 'processes')) look(process, ITEM_KEYS, 'of a process');
    for (const sidecar of itemsOf(app, 'sidecars'))
      look(sidecar, SIDECAR_ITEM_KEYS, 'of a sidecar', (key) => key);
  }
  return [...told.values()];
}

function itemsOf(app: MapNode, key: string): readonly MapNode[] {
  const value = app.entries.findLast((entry) => underscore(entry.key.text) === key)?.value;
  return value?.kind === 'list' ? value.items.filter((item) => item.kind === 'map') : [];
}
