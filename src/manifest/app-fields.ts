import { readEnv } from './env-values.ts';
import { readFeatures } from './feature-fields.ts';
import { fieldsOf, textOf, underscore, type Fields } from './fields.ts';
import { readLifecycle } from './lifecycle-fields.ts';
import type { AppManifest } from './manifest.ts';
import type { ManifestNode, MapNode } from './manifest-node.ts';
import { readMetadata } from './metadata-fields.ts';
import { readProcesses } from './process-list.ts';
import type { Problems } from './problems.ts';
import { readRouting } from './route-fields.ts';
import { readServices } from './service-fields.ts';
import { readSidecars } from './sidecars.ts';

/** The name of an app as written, blank text cut off; empty when it has none. */
export function appName(app: MapNode): string {
  const name = fieldsOf(app, underscore).get('name')?.value;
  return name?.kind === 'scalar' ? name.text.trim() : '';
}

/** Reads one item of `applications`; every fault goes to `problems`, which already names the app. */
export function readApp(app: MapNode, problems: Problems): AppManifest {
  const fields = fieldsOf(app, underscore);
  checkName(fields, problems);
  const path = textOf(fields, 'path', 'Path', problems);
  const read = <T>(key: string, reader: (value: ManifestNode, problems: Problems) => T) => {
    const value = fields.get(key)?.value;
    return value && reader(value, problems);
  };
  const metadata = read('metadata', readMetadata);
  return {
    name: appName(app),
    ...(path !== undefined && { path }),
    ...readLifecycle(fields, problems),
    env: read('env', readEnv) ?? {},
    features: read('features', readFeatures) ?? {},
    services: read('services', readServices) ?? [],
    ...readRouting(fields, problems),
    processes: readProcesses(app, problems),
    sidecars: read('sidecars', readSidecars) ?? [],
    ...(metadata && { metadata }),
  };
}

/** A missing name is no fault yet: the command line may give it. */
function checkName(fields: Fields, problems: Problems): void {
  const name = textOf(fields, 'name', 'Name', problems);
  const at = fields.get('name')?.value.at;
  if (name === undefined || at === undefined) return;
  if (name.trim() === '') problems.add(at, 'Name must not be empty');
  else if (/\p{Cc}/u.test(name.trim())) problems.add(at, 'name is invalid');
}
