import { networkLabels } from '../engine/labels.ts';
import { networkName } from '../plan/private-network.ts';
import type { Workbench } from './workbench.ts';

/** Makes the network that the apps of this state folder share, unless it is there. */
export async function ensurePrivateNetwork({ cell }: Workbench): Promise<void> {
  const { engine, session } = cell;
  await engine.ensureNetwork(networkName(session.home), networkLabels(session.home));
}

/** Removes it unless something is on it still; what an engine that is away keeps, `cfstage clean` removes. */
export async function removePrivateNetwork({ cell }: Workbench): Promise<boolean> {
  const { engine, session } = cell;
  try {
    const labels = { cfstage: '', 'cfstage.home': session.home };
    const [networks, containers] = await Promise.all([
      engine.listNetworks(labels),
      engine.listContainers(labels),
    ]);
    // An engine asks only about running containers, and one never starts again whose network is gone.
    if (networks.length === 0 || containers.length > 0) return false;
    return await engine.removeNetwork(networkName(session.home));
  } catch {
    return false;
  }
}
