import type { ContainerSpec } from '../lifecycle/container-spec.ts';

/** Domain of the names that apps on the private network have. Source: cf-deployment, `internal: true` domain. */
export const INTERNAL_DOMAIN = 'apps.internal';

/** The engine's network that the apps of one state folder share; `home` is its id as in labels. */
export function networkName(home: string): string {
  return `cfstage-${home}`;
}

/** The one without a way out, for the apps that are cut off and all that they may reach. */
export function offlineNetworkName(home: string): string {
  return `${networkName(home)}-offline`;
}

/** Where a container is on the engine's networks. */
export type NetworkPlace = Pick<ContainerSpec, 'network' | 'offline'>;

/** A place under these names on the private network, or on the one without a way out. */
export function networkPlace(home: string, offline: boolean, aliases: readonly string[] = []): NetworkPlace {
  const outside = networkName(home);
  const inside = offlineNetworkName(home);
  return offline
    ? { network: { name: inside, aliases }, offline: { outside } }
    : { network: { name: outside, aliases, also: inside } };
}

/** The names by which other apps find an instance: the app's, and its own. Source: cf-networking, bosh-dns-adapter. */
export function internalHosts(app: string, index: number, routes: readonly string[]): readonly string[] {
  const label = app
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  const own = label === '' ? [] : [`${label}.${INTERNAL_DOMAIN}`];
  const hosts = [...new Set([...own, ...routes.filter(isInternal)])];
  return hosts.flatMap((host) => [host, `${index}.${host}`]);
}

/** Whether a route of a manifest is one between apps, which no router serves. */
export function isInternal(route: string): boolean {
  return route.toLowerCase().endsWith(`.${INTERNAL_DOMAIN}`);
}
