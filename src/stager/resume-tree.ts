import type { Container } from '../engine/engine.ts';
import { CfstageError } from '../errors.ts';
import { restoreStates } from '../snapshot/kept-states.ts';
import { NOTHING } from '../snapshot/tree-state.ts';
import { LEFT, type KeptContainer } from './kept-container.ts';
import { LiveTree } from './live-tree.ts';
import { RewindAgent } from './rewind-agent.ts';
import { Snapshots } from './snapshots.ts';

/** The states of a container that was left, if they are all still there. Raises CONTAINER_GONE and INTERNAL. */
export async function resumeTree(
  container: Container,
  kept: KeptContainer,
  signal: AbortSignal,
): Promise<Snapshots> {
  const { running, ipAddress } = await container.inspect();
  if (!running) throw new CfstageError('CONTAINER_GONE', 'the staging container does not run any more');
  // It is part of what the scripts have seen.
  if (ipAddress !== kept.network.containerIp)
    throw new CfstageError('CONTAINER_GONE', 'the staging container has another address');
  const agent = await RewindAgent.start(container, kept.unlisted, signal, kept.roots);
  const states = restoreStates(kept.states);
  const live = { nodes: states.get(LEFT) ?? NOTHING.nodes, identities: new Map(kept.identities) };
  states.delete(LEFT);
  const snapshots = Snapshots.of(new LiveTree(agent, live, kept.lastToken), states, kept.layers);
  if (JSON.stringify(await found(snapshots)) !== JSON.stringify([...kept.archives].sort())) {
    throw new CfstageError('INTERNAL', 'the snapshots in the staging container are others');
  }
  return snapshots;
}

async function found(snapshots: Snapshots): Promise<readonly (readonly [string, string])[]> {
  try {
    return [...(await snapshots.archives())].sort();
  } catch (error) {
    throw new CfstageError('INTERNAL', 'the snapshots in the staging container are incomplete', {
      cause: error,
    });
  }
}
