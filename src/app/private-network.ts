import { join } from 'node:path';
import { LABEL_SCHEMA } from '../engine/labels.ts';
import { withFileLock } from '../host/file-lock.ts';
import { networkName } from '../plan/private-network.ts';
import type { Workbench } from './workbench.ts';

/**
 * Makes the network of the state folder unless it is there. Of two processes that ask an engine at the same moment each
 * gets one, of the same name, which then means neither: hence the lock.
 */
export async function ensurePrivateNetwork(bench: Workbench, signal: AbortSignal): Promise<void> {
  const { engine, session } = bench.cell;
  const labels = { cfstage: LABEL_SCHEMA, 'cfstage.home': session.home };
  const make = () => engine.ensureNetwork(networkName(session.home), labels);
  await withFileLock(lockFile(bench), make, signal);
}

/**
 * Removes it once the state folder has no container any more. An engine asks only about running ones, and a container
 * never starts again whose network has been removed.
 */
export async function removePrivateNetwork(bench: Workbench): Promise<void> {
  const { engine, session } = bench.cell;
  await withFileLock(lockFile(bench), async () => {
    const users = await engine.listContainers({ cfstage: '', 'cfstage.home': session.home });
    if (users.length === 0) await engine.removeNetwork(networkName(session.home));
  });
}

function lockFile({ home }: Workbench): string {
  return join(home.root, 'network.lock');
}
