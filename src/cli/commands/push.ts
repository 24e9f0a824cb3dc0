import { push } from '../../app/push.ts';
import { stageApp } from '../../app/stage-app.ts';
import type { RunningApp } from '../../app/running-app.ts';
import { CfstageError } from '../../errors.ts';
import { stagingError } from '../../lifecycle/exit-codes.ts';
import { runCommand, type CommandSession } from '../session.ts';
import { toRequest, type PushFlags } from '../push-flags.ts';

/** `--no-start` comes as `start: false`. */
export async function pushCommand(
  appName: string | undefined,
  flags: PushFlags & { readonly start?: boolean },
): Promise<number> {
  return await runCommand(flags, async (session) => {
    const request = toRequest(appName, flags, session.settings.cwd);
    const workbench = await session.workbench();
    if (flags.start !== false) {
      return await stayWith(await push(request, workbench, session.signal), session);
    }
    const { failure } = await stageApp(request, workbench, session.signal);
    if (failure !== undefined) throw stagingError(failure.failure, failure.outOfMemory);
    return 0;
  });
}

/** Stays in the foreground until the app ends or the user has enough. */
export async function stayWith(app: RunningApp, { signal, emit }: CommandSession): Promise<number> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (signal.aborted) resolve('interrupted');
    signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  const first = await Promise.race([app.ended, interrupted]);
  if (first === 'interrupted') await app.stop();
  const end = await app.ended;
  if (end.kind === 'crashed') {
    throw new CfstageError(end.code, `App ${app.name} crashed: ${end.reason}`, {
      hint: end.hint,
    });
  }
  await emit({ type: 'notice', message: `App ${app.name} stopped` });
  return 0;
}
