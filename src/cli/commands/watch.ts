import { WatchLoop } from '../../app/watch-loop.ts';
import { CfstageError } from '../../errors.ts';
import { runCommand, type CommandSession } from '../session.ts';
import { toWatchRequest, type WatchFlags } from '../watch-flags.ts';
import { hearKeys, KEYS_HELP } from '../watch-keys.ts';

export async function watchCommand(appName: string | undefined, flags: WatchFlags): Promise<number> {
  return await runCommand({ ...flags, canHold: true }, async (session) => {
    const request = toWatchRequest(appName, flags, session.settings.cwd);
    await using loop = await WatchLoop.open(request, await session.workbench(), session.signal);
    await stayWithLoop(loop, session, flags);
    return 0;
  });
}

/** Stays until the app has ended or the user has enough. */
async function stayWithLoop(loop: WatchLoop, session: CommandSession, flags: WatchFlags): Promise<void> {
  const enough = new AbortController();
  const failed = new AbortController();
  const signal = AbortSignal.any([session.signal, enough.signal, failed.signal]);
  using keys =
    flags.json === true
      ? undefined
      : hearKeys(loop, session, {
          signal,
          quit: () => enough.abort(),
          fail: (error) => failed.abort(error),
        });
  const { app } = loop.session;
  const help = keys === undefined ? 'Ctrl-C ends it.' : KEYS_HELP;
  await session.emit({ type: 'notice', message: `\nWatching what ${app} is made from. ${help}` });
  try {
    const end = await loop.run(signal);
    if (end.kind === 'stopped') return;
    throw new CfstageError(end.code, `App ${app} crashed: ${end.reason}`, { hint: end.hint });
  } catch (error) {
    if (failed.signal.aborted) throw failed.signal.reason;
    // As with a push, to stop an app that runs is no failure.
    if (!session.signal.aborted && !enough.signal.aborted) throw error;
  }
}
