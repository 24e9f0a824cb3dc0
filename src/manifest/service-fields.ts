import { fieldsOf } from './fields.ts';
import type { ServiceRef } from './manifest.ts';
import { isString, plainValue, type ManifestNode, type MapNode } from './manifest-node.ts';
import type { Problems } from './problems.ts';

const SERVICE_KEYS = ['name', 'parameters', 'binding_name'];

/** Reads `services:`; every fault in it is the same complaint. Source: manifest_service_binding_create_message.rb. */
export function readServices(value: ManifestNode, problems: Problems): readonly ServiceRef[] {
  const items = value.kind === 'list' ? value.items : [value];
  const services = items.map(readService);
  const wrong = value.kind === 'list' ? services.indexOf(undefined) : 0;
  if (wrong >= 0) problems.add((items[wrong] ?? value).at, 'Services must be a list of service instances');
  return services.filter((service) => service !== undefined);
}

function readService(item: ManifestNode): ServiceRef | undefined {
  if (isString(item)) return { name: item.text };
  return item.kind === 'map' ? readServiceMap(item) : undefined;
}

function readServiceMap(item: MapNode): ServiceRef | undefined {
  if (!item.entries.every(({ key }) => SERVICE_KEYS.includes(key.text))) return undefined;
  const fields = fieldsOf(item);
  const name = fields.get('name')?.value;
  const bindingName = fields.get('binding_name')?.value;
  const parameters = fields.get('parameters')?.value;
  if (name === undefined || !isString(name)) return undefined;
  if (bindingName !== undefined && !isString(bindingName)) return undefined;
  if (parameters !== undefined && parameters.kind !== 'map') return undefined;
  return {
    name: name.text,
    ...(bindingName && { bindingName: bindingName.text }),
    ...(parameters && {
      parameters: Object.fromEntries(
        parameters.entries.map(({ key, value }) => [key.text, plainValue(value)]),
      ),
    }),
  };
}
