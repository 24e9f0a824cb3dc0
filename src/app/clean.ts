import { SessionDirectory } from '../host/session-directory.ts';
import { removePrivateNetworks } from './private-network.ts';
import { askSession } from './session-requests.ts';
import { sweep } from './sweep.ts';
import { sweepDroplets, sweepFiles } from './sweep-files.ts';
import type { Workbench } from './workbench.ts';

/**
 * `cfstage clean`: removes what killed runs have left; with `all` also the apps that run, and what other machines made
 * on this engine. Resolves with the names of what is gone.
 */
export async function clean(
  workbench: Workbench,
  { all, keptServices }: { readonly all: boolean; readonly keptServices: boolean },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const directory = new SessionDirectory(workbench.home);
  // Asked before, so that they end as stopped and not as crashed.
  const sessions = all ? (await directory.sessions()).filter(({ kind }) => kind === 'app') : [];
  await Promise.all(sessions.map((session) => askSession(session, { action: 'stop' }, signal)));
  const [containers, files] = await Promise.all([
    sweep(workbench, { all, keptServices }),
    sweepFiles(workbench),
  ]);
  const further: string[] = [];
  await directory.holding(async (living) => {
    further.push(...(await sweepDroplets(workbench, living)));
    if (living.length > 0) return;
    further.push(...(await removePrivateNetworks(workbench)));
  });
  return [...containers, ...files, ...further];
}
