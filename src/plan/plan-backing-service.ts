import type { ImageContainerSpec } from '../lifecycle/container-spec.ts';
import { serviceHost } from '../services/service-host.ts';
import type { BackedInstance } from '../services/service-instance.ts';
import { containerName } from './container-name.ts';
import { networkName, offlineNetworkName } from './private-network.ts';

/** The container of a backing service: one in each state folder, `guid` being the instance's there. */
export function planBackingService(
  { name, backing }: BackedInstance,
  guid: string,
  home: string,
): ImageContainerSpec {
  const { image, env, command } = backing;
  const host = serviceHost(name);
  return {
    name: containerName(name, 'service', guid),
    image,
    hostname: host.slice(0, host.indexOf('.')),
    env,
    ...(command === undefined ? {} : { command }),
    network: { name: networkName(home), aliases: [host], also: offlineNetworkName(home) },
  };
}
