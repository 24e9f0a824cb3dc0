import path from 'node:path';
import { SetupError } from '../setup/say.js';
import { startContestant } from './child.js';
import { firstAnswer, freePort } from './first-answer.js';
import { appFlags } from './watched.js';
import { CFSTAGE, FINAL, SUPPLY } from './names.js';

const IMAGE = 'cfstage/cflinuxfs3:stand-in';

/** The command lines of the two: the same app, buildpacks, stack image and port. `state` keeps the build cache. */
const COMMANDS = {
  cfstage: ({ port, ...app }) => [
    process.execPath,
    CFSTAGE,
    'push',
    'rubyapp',
    ...['--port', String(port), ...appFlags(app)],
  ],
  script: ({ app, supply, final, state, port }) => [
    'bash',
    path.join(import.meta.dirname, 'by-hand.sh'),
    ...[IMAGE, app, supply, final, './config-server', String(port), state],
  ],
};

/**
 * Runs one of the two to the first answered request, then stops it and waits for its end. Resolves with the seconds
 * that took and with the peak RSS of the process in MB.
 */
export async function contest(who, { app, supply = SUPPLY, final = FINAL, state, signal }) {
  const port = await freePort();
  const answered = new AbortController();
  const start = performance.now();
  const { child, said, peak, ended } = startContestant(COMMANDS[who]({ app, supply, final, state, port }), {
    state,
    signal,
  });
  const over = ended.finally(() => answered.abort());
  try {
    const at = (await firstAnswer(port, answered.signal)) ?? (await ownAnswer(who, over));
    if (at === undefined) {
      signal.throwIfAborted();
      throw new SetupError(`${who} ended with ${await over} before the app answered:\n${said()}`);
    }
    if (who === 'cfstage') child.kill('SIGINT');
    await over;
    signal.throwIfAborted();
    return { seconds: (at - start) / 1000, peakMb: peak() };
  } finally {
    await over.catch(() => undefined);
  }
}

/** The script asks too, and ends with 0 once it was answered; on a busy machine that is seen first. */
async function ownAnswer(who, over) {
  return who === 'script' && (await over) === 0 ? performance.now() : undefined;
}
