import { networkVariables, type NetworkFacts } from '../lifecycle/container-network.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { portMappings, type ExposedPort, type PortShape } from '../lifecycle/instance-ports.ts';

/** Stands in a plan where the address of a container belongs that does not run yet. */
export const UNKNOWN_NETWORK: NetworkFacts = {
  cellIp: '(known once it runs)',
  containerIp: '(known once it runs)',
};

/** The plan's environment with the addresses of the running container. They are the last layer, so they replace. */
export function withNetwork(
  env: Environment,
  network: NetworkFacts,
  ports?: InstancePorts,
): Record<string, string> {
  const mappings = ports === undefined ? [] : portMappings(ports.shape, ports.exposed);
  return { ...env, ...networkVariables(network, mappings) };
}

/** The ports of an instance as the platform shows them. */
export interface InstancePorts {
  readonly shape: PortShape;
  readonly exposed: readonly ExposedPort[];
}
