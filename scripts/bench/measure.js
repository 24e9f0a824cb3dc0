import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { which } from '../setup/run.js';
import { SetupError } from '../setup/say.js';
import { CFSTAGE, contest } from './contestant.js';
import { LARGE, LARGEST, makeApp, MANY_FILES, SAMPLE } from './sample-app.js';
import { round } from './target.js';

const ROUNDS = 5;

/** Each benchmark, by name: what was measured of cfstage and, where it is a contest, of the script. */
export const MEASUREMENTS = {
  version: ({ signal }) => {
    const cfstage = rounds(() => {
      signal.throwIfAborted();
      const start = performance.now();
      const { status } = spawnSync(process.execPath, [CFSTAGE, '--version']);
      if (status !== 0) throw new SetupError(`cfstage --version ended with ${status}`);
      return round(performance.now() - start, 0);
    });
    return { cfstage };
  },
  small: (place) => interleaved('small', SAMPLE, place),
  large: async (place) => {
    const app = path.join(place.folder, 'large-app');
    makeApp(app, LARGE);
    return await interleaved('large', app, place);
  },
  many: async (place) => {
    const app = path.join(place.folder, 'app-of-many-files');
    makeApp(app, MANY_FILES);
    return await interleaved('many', app, place);
  },
  memory: async ({ folder, signal }) => {
    const app = path.join(folder, 'largest-app');
    makeApp(app, LARGEST);
    const state = stateFolder(folder, 'memory');
    const { seconds, peakMb } = await contest('cfstage', { app, state, signal });
    tell(`memory: ${round(peakMb, 1)} MB, ${round(seconds, 1)} s`);
    return { cfstage: [round(peakMb, 1)] };
  },
};

/** One warm-up each, then five rounds of one after the other, so that what slows the machine slows both. */
async function interleaved(name, app, { folder, signal }) {
  if (which('docker') === undefined)
    throw new SetupError(
      'The script to compare with needs the docker command (Debian: docker.io, or docker-cli).',
    );
  const seconds = { script: [], cfstage: [] };
  const state = {
    script: stateFolder(folder, `${name}-script`),
    cfstage: stateFolder(folder, `${name}-cfstage`),
  };
  for (let i = 0; i <= ROUNDS; i += 1) {
    for (const who of ['script', 'cfstage']) {
      // What the one before has written must not be paid for by the next.
      spawnSync('sync');
      const run = await contest(who, { app, state: state[who], signal });
      if (i > 0) seconds[who].push(round(run.seconds, 3));
      tell(`${name}: ${who} ${run.seconds.toFixed(3)} s${i === 0 ? ' (warm-up)' : ''}`);
    }
  }
  return seconds;
}

function tell(line) {
  process.stderr.write(`bench: ${line}\n`);
}

function rounds(once) {
  return Array.from({ length: ROUNDS + 1 }, once).slice(1);
}

function stateFolder(folder, name) {
  const state = path.join(folder, name);
  mkdirSync(state, { recursive: true });
  return state;
}
