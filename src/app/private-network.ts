import { isKeptStaging, networkLabels } from '../engine/labels.ts';
import { networkName, offlineNetworkName } from '../plan/private-network.ts';
import type { Workbench } from './workbench.ts';

/** Makes the network that the apps of this state folder share, unless it is there. */
export async function ensurePrivateNetwork({ cell }: Workbench): Promise<void> {
  const { engine, session } = cell;
  await engine.ensureNetwork(networkName(session.home), networkLabels(session.home));
}

/** Makes the one without a way out, and puts on it what an app that is cut off may reach: all that is on the other. */
export async function ensureOfflineNetwork({ cell }: Workbench): Promise<void> {
  const { engine, session } = cell;
  const name = offlineNetworkName(session.home);
  await engine.ensureNetwork(name, networkLabels(session.home), 'no way out');
  const others = await engine.listContainers({ cfstage: '', 'cfstage.home': session.home });
  await Promise.all(others.map(({ id }) => engine.joinNetwork(id, name, networkName(session.home))));
}

/**
 * Removes both unless something is on them still; what an engine that is away keeps, `cfstage clean` removes. Resolves
 * with the names of those that are gone.
 */
export async function removePrivateNetworks({ cell }: Workbench): Promise<readonly string[]> {
  const { engine, session } = cell;
  try {
    const labels = { cfstage: '', 'cfstage.home': session.home };
    const [networks, containers] = await Promise.all([
      engine.listNetworks(labels),
      engine.listContainers(labels),
    ]);
    // An engine asks only about running containers, and one never starts again whose network is gone.
    // A staging container that was left for the next watch runs, and is of no use when it does not any more.
    const others = containers.filter(({ labels }) => !isKeptStaging(labels));
    if (others.length > 0) return [];
    const names = networks.map(({ name }) => name);
    const removed = await Promise.all(names.map((name) => engine.removeNetwork(name)));
    return names.filter((_, i) => removed[i]);
  } catch {
    return [];
  }
}
