import { CfstageError } from '../errors.ts';
import { keepBasis, restoreBasis, type Basis } from '../plan/kept-basis.ts';
import type { RewindableStaging } from '../stager/rewindable-staging.ts';
import { digestWith, forgetKept, newSalt, saveKept, type KeptStaging } from './kept-staging.ts';
import type { WatchRequest } from './watch-request.ts';
import type { Workbench } from './workbench.ts';

/** Has a staging go on with what was kept. Answers why it cannot, if so; there is no container then. */
export async function resumeKept(
  { basis: keptBasis, container, salt }: KeptStaging,
  staging: RewindableStaging,
  now: Basis,
  request: WatchRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { clearCache, persist } = request;
  if (clearCache) return 'the build cache is cleared';
  if (isAccompanied(request)) return 'the new container is cut off, watched or behind a proxy';
  if (JSON.stringify(persist) !== JSON.stringify(container.unlisted))
    return 'the paths of --persist are others';
  const basis = restoreBasis(keptBasis, now, digestWith(salt));
  if ('reason' in basis) return basis.reason;
  try {
    await staging.resume(container, basis, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof CfstageError)) throw error;
    if (error.code === 'CONTAINER_GONE') return 'their container is gone';
    if (error.code !== 'INTERNAL') throw error;
    return error.message;
  }
}

/** Leaves the container of a staging to the next watch of its app, if that is asked for; answers whether it did. */
export async function leaveKept(
  { app, identity, epoch }: { readonly app: string } & Pick<KeptStaging, 'identity' | 'epoch'>,
  staging: RewindableStaging,
  request: WatchRequest,
  workbench: Workbench,
): Promise<boolean> {
  const trace = staging.last;
  if (!request.keepSnapshots || trace === undefined) return false;
  const hasCompany = isAccompanied(request);
  if (hasCompany || !trace.complete) {
    const why = hasCompany
      ? 'a container that is cut off, watched or behind a proxy is not left'
      : 'the last staging did not come to its end';
    await workbench.emit({ type: 'notice', message: `The snapshots are not kept: ${why}` });
    return false;
  }
  try {
    const salt = newSalt();
    const basis = keepBasis(trace, digestWith(salt));
    const container = await staging.leave();
    if (container === undefined) return false;
    try {
      await saveKept(app, { identity, epoch, basis, salt, container }, workbench);
    } catch (error) {
      await workbench.cell.engine.container(container.id, container.name).remove();
      throw error;
    }
    const message = `The staging container is kept for the next watch of ${app}; \`cfstage clean\` removes it.`;
    await workbench.emit({ type: 'notice', message });
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    await workbench.emit({ type: 'warning', message: `The snapshots could not be kept: ${why}` });
    return false;
  }
}

/** By what does not outlive this process. */
function isAccompanied({ offline, traffic, proxy }: WatchRequest): boolean {
  return offline || traffic || proxy !== undefined;
}

/** Forgets what was kept and cannot be used, with its container. */
export async function dropKept(app: string, kept: KeptStaging | string, workbench: Workbench): Promise<void> {
  const { cell, home } = workbench;
  await forgetKept(app, home);
  if (typeof kept === 'string') return;
  await cell.engine.container(kept.container.id, kept.container.name).remove();
}

/** The one line that says why all is made anew. */
export async function tellUnused(reason: string, { emit }: Workbench): Promise<void> {
  const why = reason.replace(/: in a new container$/, '');
  await emit({
    type: 'notice',
    message: `The snapshots of the last watch are not used: ${why}. From nothing.`,
  });
}
