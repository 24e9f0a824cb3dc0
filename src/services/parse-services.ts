import { fieldsOf, mapsOf, valueOf } from '../manifest/fields.ts';
import { isNull, type ManifestNode, type MapNode, type Position } from '../manifest/manifest-node.ts';
import { parseYaml, type YamlSource } from '../manifest/parse-yaml.ts';
import { Problems } from '../manifest/problems.ts';
import { unknownKey } from '../manifest/nearest-key.ts';
import { readInstance, INSTANCE_KEYS } from './service-fields.ts';
import { serviceHost } from './service-host.ts';
import { isBacked, type ServiceInstance } from './service-instance.ts';

/** The service instances that there are, and remarks of one line each. */
export interface ServicesFile {
  readonly instances: readonly ServiceInstance[];
  readonly warnings: readonly string[];
}

const ROOT_KEYS = ['services'];
const HINT =
  'A services file is `services:` and a list of instances, each with a name, and credentials as the app is to see them.';

/** Reads a services file. Raises SERVICES_INVALID with all faults at once, each with file:line:column. */
export function parseServices(source: YamlSource): ServicesFile {
  const { root, warnings } = parseYaml(source, 'SERVICES_INVALID');
  const problems = new Problems(source.file);
  const items = readItems(root, problems);
  const read = items.map((item) => ({ at: item.at, instance: readInstance(item, problems) }));
  const instances = read.flatMap(({ instance }) => (instance === undefined ? [] : [instance]));
  refuseTwins(items, problems);
  refuseSameHosts(read, problems);
  problems.raise('SERVICES_INVALID', HINT);
  return { instances, warnings };
}

function readItems(root: ManifestNode, problems: Problems): readonly MapNode[] {
  if (isNull(root)) return [];
  if (root.kind !== 'map') {
    problems.add(root.at, 'a services file must be a map with the key services');
    return [];
  }
  refuseUnknownKeys(root, ROOT_KEYS, problems);
  const list = valueOf(fieldsOf(root), 'services');
  if (list === undefined) return [];
  const items = mapsOf(list, 'services must be a list of service instances', problems);
  for (const item of items) refuseUnknownKeys(item, INSTANCE_KEYS, problems);
  return items;
}

function refuseUnknownKeys(map: MapNode, known: readonly string[], problems: Problems): void {
  for (const { key } of map.entries) {
    if (!known.includes(key.text)) problems.add(key.at, unknownKey(key.text, known));
  }
}

function refuseTwins(items: readonly MapNode[], problems: Problems): void {
  const seen = new Set<string>();
  for (const item of items) {
    const name = fieldsOf(item).get('name')?.value;
    if (name?.kind !== 'scalar' || isNull(name)) continue;
    if (seen.has(name.text)) problems.add(name.at, `the service instance '${name.text}' is given twice`);
    seen.add(name.text);
  }
}

/** Two backing services need two names on the network. */
function refuseSameHosts(
  read: readonly { readonly at: Position; readonly instance: ServiceInstance | undefined }[],
  problems: Problems,
): void {
  const names = new Map<string, string>();
  for (const { at, instance } of read) {
    if (instance === undefined || !isBacked(instance)) continue;
    const host = serviceHost(instance.name);
    const other = names.get(host);
    if (other !== undefined && other !== instance.name) {
      problems.add(
        at,
        `the service instances '${other}' and '${instance.name}' are both ${host}; rename one`,
      );
    }
    names.set(host, instance.name);
  }
}
