import { CfstageError } from '../errors.ts';
import type { AppManifest, ServiceRef } from '../manifest/manifest.ts';
import type { ServiceBinding, ServiceInstance } from './service-instance.ts';

/** Gives the same guid for the same text every time. */
export type StableGuid = (text: string) => string;

/** Where instances may be described, for the hint when one is not. */
export interface KnownInstances {
  readonly instances: readonly ServiceInstance[];
  /** Path of the services file; undefined when there is none. */
  readonly file: string | undefined;
}

/**
 * Binds an app to the instances that its manifest names, in that order; the second mention of one is skipped, as the
 * binding is there already. Source: cloud_controller_ng app_apply_manifest.rb, `create_service_instances`.
 * @throws CfstageError SERVICE_UNKNOWN, or SERVICES_INVALID for a name of a binding that Cloud Controller refuses
 */
export function bindServices(
  { name, services }: AppManifest,
  known: KnownInstances,
  guidOf: StableGuid,
): readonly ServiceBinding[] {
  const refs = firstMentions(services);
  const byName = new Map(known.instances.map((instance) => [instance.name, instance]));
  const missing = refs.filter((ref) => !byName.has(ref.name));
  if (missing.length > 0) throw unknownInstances(missing, known);
  refuseBadNames(refs);
  return refs.flatMap((ref) => {
    const instance = byName.get(ref.name);
    if (instance === undefined) return [];
    return [
      {
        instance,
        instanceGuid: guidOf(`service instance:${instance.name}`),
        bindingGuid: guidOf(`service binding:${name}:${instance.name}`),
        bindingName: ref.bindingName ?? null,
      },
    ];
  });
}

function firstMentions(services: readonly ServiceRef[]): readonly ServiceRef[] {
  const byName = new Map<string, ServiceRef>();
  for (const ref of services) if (!byName.has(ref.name)) byName.set(ref.name, ref);
  return [...byName.values()];
}

function unknownInstances(missing: readonly ServiceRef[], { instances, file }: KnownInstances): CfstageError {
  const message = missing.map(({ name }) => `Service instance '${name}' not found`).join('\n');
  const names = instances.map(({ name }) => name).join(', ');
  const hint =
    file === undefined
      ? 'Describe it in a file services.yml beside the manifest, or name such a file with --services.'
      : `Describe it in ${file}, which has: ${names === '' ? 'none' : names}.`;
  return new CfstageError('SERVICE_UNKNOWN', message, { hint });
}

/** Source: cloud_controller_ng app/models/services/service_binding.rb. */
function refuseBadNames(refs: readonly ServiceRef[]): void {
  const taken = new Set<string>();
  for (const { name, bindingName } of refs) {
    if (bindingName === undefined || bindingName === '') continue;
    const complaint = nameComplaint(bindingName, taken);
    if (complaint !== undefined) {
      throw new CfstageError('SERVICES_INVALID', `For service '${name}': ${complaint}`, {
        hint: 'Mend its binding_name in the manifest.',
      });
    }
    taken.add(bindingName);
  }
}

function nameComplaint(name: string, taken: ReadonlySet<string>): string | undefined {
  if (taken.has(name)) {
    return `The binding name is invalid. App binding names must be unique. The app already has a binding with name '${name}'.`;
  }
  if (name.length > 255) {
    return 'The binding name is invalid. App binding names must be less than 256 characters.';
  }
  if (/^(?:\w|-)+$/.test(name)) return undefined;
  return 'The binding name is invalid. Valid characters are alphanumeric, underscore, and dash.';
}
