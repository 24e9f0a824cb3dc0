import type { WatchLoop } from '../app/watch-loop.ts';
import { readKeys, type KeyReader } from './keys.ts';
import { runInTerminal } from './run-in-terminal.ts';
import type { CommandSession } from './session.ts';

export const KEYS_HELP =
  'Keys: r restage from nothing, f rerun the failing phase, o open the URL, s shell, d diff, q quit.';

/** Whom the keys tell what. */
export interface KeyEnds {
  /** Fires when nothing that a key has begun is wanted any more. */
  readonly signal: AbortSignal;
  readonly quit: () => void;
  readonly fail: (error: unknown) => void;
}

/** Lets the keys of a watch work. Disposing gives the terminal back. Undefined without a terminal. */
export function hearKeys(
  loop: WatchLoop,
  { emit, hold }: CommandSession,
  { signal, quit, fail }: KeyEnds,
): Disposable | undefined {
  const say = async (message: string) => await emit({ type: 'notice', message });
  const { session } = loop;
  // A key that is pressed again before it has worked is one, and no other key waits for it.
  const once = (work: () => Promise<unknown>) => {
    let isBusy = false;
    return () => {
      if (isBusy) return;
      isBusy = true;
      work()
        .catch((error: unknown) => {
          if (!signal.aborted) fail(error);
        })
        .finally(() => (isBusy = false));
    };
  };
  const keys: KeyReader | undefined = readKeys({
    r: once(async () => await loop.restage(signal)),
    f: once(async () => {
      if (session.failed === undefined) await say('No phase has failed.');
      else await loop.rerunFailed(signal);
    }),
    o: once(async () => {
      if (session.url === '') await say('The app does not run.');
      else if (!(await loop.openUrl()))
        await say(`No browser could be started. The app is at ${session.url}`);
    }),
    s: once(async () => {
      const args = ['ssh', ...(session.failed === undefined ? [] : ['--staging']), session.app];
      await keys?.lend(async () => await hold(async () => await runInTerminal(args, signal)));
    }),
    d: once(async () => await say(await loop.renderDiff(signal))),
    q: quit,
    '?': () => void say(KEYS_HELP),
  });
  return keys;
}
