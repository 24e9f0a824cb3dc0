import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../setup/root.js';
import { SetupError } from '../setup/say.js';
import { signalGroup, startContestant } from './child.js';
import { BUILDPACKS, CFSTAGE } from './names.js';

/** Of 100 bytes each with their line ends. */
export const LINES = 1_000_000;
export const MEGABYTES = 100;

const APP = path.join(ROOT, 'fixtures/apps/floods');
const IMAGE = 'cfstage/cflinuxfs4:stand-in';
const PAUSE_MS = 5;

const COMMANDS = {
  cfstage: [
    ...[
      process.execPath,
      CFSTAGE,
      'push',
      'floods',
      '--path',
      APP,
      '--no-route',
      '--health-check-type',
      'process',
    ],
    ...['--buildpack', path.join(BUILDPACKS, 'uses-the-procfile'), '--stack', 'cflinuxfs4'],
    ...['--stack-policy', 'stand-in', '--env', `OUT_LINES=${LINES}`],
  ],
  script: ['bash', path.join(import.meta.dirname, 'by-hand-log.sh'), IMAGE, APP, String(LINES)],
};

/**
 * Has one of the two write the log of a flood to a file, then stops it and waits for its end. Resolves with the seconds
 * from the first line of the flood in the file to the last one, and with the peak RSS of the process in MB.
 */
export async function flood(who, { state, signal }) {
  const log = openSync(path.join(state, 'flood.log'), 'w+');
  const { child, said, peak, ended } = startContestant(COMMANDS[who], { state, stdout: log, signal });
  let live = true;
  const over = ended.finally(() => (live = false));
  over.catch(() => undefined);
  try {
    const seen = async (text, where) => {
      while (!where(log).includes(text)) {
        if (!live) {
          signal.throwIfAborted();
          throw new SetupError(`${who} ended with ${await over} before the flood did:\n${said()}`);
        }
        await delay(PAUSE_MS);
      }
      return performance.now();
    };
    const start = await seen('out 000000001 ', head);
    const end = await seen('flood ends', foot);
    if (who === 'cfstage') child.kill('SIGINT');
    else signalGroup(child, 'SIGTERM');
    await over;
    signal.throwIfAborted();
    return { seconds: (end - start) / 1000, peakMb: peak() };
  } finally {
    await over.catch(() => undefined);
    closeSync(log);
  }
}

const PART_BYTES = 8192;

function head(fd) {
  return part(fd, 0);
}

function foot(fd) {
  return part(fd, Math.max(0, fstatSync(fd).size - PART_BYTES));
}

function part(fd, position) {
  const buffer = Buffer.alloc(PART_BYTES);
  return buffer.subarray(0, readSync(fd, buffer, 0, PART_BYTES, position)).toString('latin1');
}
