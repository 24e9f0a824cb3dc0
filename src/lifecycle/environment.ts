import { compareBytes } from './go-json.ts';

/** Environment variables of a process in a container. */
export type Environment = Readonly<Record<string, string>>;

/** Lays environments over each other, the later wins, and sorts by name, so that plans are the same every time. */
export function layerEnvironments(...layers: readonly Environment[]): Record<string, string> {
  const merged = new Map(layers.flatMap((layer) => Object.entries(layer)));
  return Object.fromEntries([...merged].sort(([a], [b]) => compareBytes(a, b)));
}

/** LANG of every container that runs a buildpack app. Source: cloud_controller_ng diego/constants.rb, `DEFAULT_LANG`. */
export const DEFAULT_LANG = 'en_US.UTF-8';

/**
 * What Garden adds where nothing else gave it. HOME comes from the passwd entry.
 * Source: guardian rundmc/processes/unix_env.go.
 */
export const GARDEN_DEFAULTS: Environment = {
  HOME: '/home/vcap',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  USER: 'vcap',
};
