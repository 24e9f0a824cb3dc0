import type { ContainerSummary } from '../engine/engine.ts';
import { readOwnership } from '../engine/labels.ts';
import { ownerState } from '../host/session-owner.ts';
import type { Workbench } from './workbench.ts';

/** Which leftovers to remove: those of one app, or those whose session may still run as well. */
export interface SweepScope {
  readonly app?: string;
  readonly all?: boolean;
}

/**
 * Removes containers whose session has ended without removing them (kill -9, power cut). Sessions of other machines on
 * a shared engine cannot be seen from here and are left alone unless `all` is asked for. Resolves with their names.
 */
export async function sweep(
  { cell }: Workbench,
  { app, all = false }: SweepScope,
): Promise<readonly string[]> {
  const labels = { cfstage: '', ...(app === undefined ? {} : { 'cfstage.app': app }) };
  const found = await cell.engine.listContainers(labels);
  const leftovers = await Promise.all(
    found.map(async (container) => (all || (await isAbandoned(container)) ? [container] : [])),
  );
  return await Promise.all(
    leftovers.flat().map(async ({ id, name }) => {
      await cell.engine.container(id, name).remove();
      return name;
    }),
  );
}

async function isAbandoned({ labels }: ContainerSummary): Promise<boolean> {
  const ownership = readOwnership(labels);
  return ownership !== undefined && (await ownerState(ownership.owner)) === 'dead';
}
