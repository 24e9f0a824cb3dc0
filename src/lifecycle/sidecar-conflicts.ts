import { CfstageError } from '../errors.ts';
import type { Sidecar } from './process.ts';

/**
 * The sidecars of an app: the user's, then the buildpacks'. Neither wins over the other, so a name that both use is
 * SIDECAR_CONFLICT, as is a name used twice. Names are compared with their case.
 * Source: cloud_controller_ng app/actions/sidecar_synchronize_from_app_droplet.rb.
 */
export function mergeSidecars(user: readonly Sidecar[], buildpack: readonly Sidecar[]): Sidecar[] {
  const userNames = new Set(user.map(({ name }) => name));
  const conflict = buildpack.find(({ name }) => userNames.has(name));
  if (conflict !== undefined) {
    throw new CfstageError(
      'SIDECAR_CONFLICT',
      `Buildpack defined sidecar '${conflict.name}' conflicts with an existing user-defined sidecar. Consider renaming '${conflict.name}'.`,
      { hint: 'Rename the sidecar in the manifest or in the launch.yml of the buildpack.' },
    );
  }
  const merged = [...user, ...buildpack];
  const twice = merged.find(({ name }, i) => merged.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) {
    throw new CfstageError(
      'SIDECAR_CONFLICT',
      `Sidecar with name '${twice.name}' already exists for given app`,
      { hint: 'Give each sidecar of the app a name of its own.' },
    );
  }
  return merged;
}

/** Those that run beside a process of this type. */
export function sidecarsOf(processType: string, sidecars: readonly Sidecar[]): Sidecar[] {
  return sidecars.filter(({ process_types }) => process_types.includes(processType));
}
