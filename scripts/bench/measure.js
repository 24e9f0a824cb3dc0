import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { which } from '../setup/run.js';
import { SetupError } from '../setup/say.js';
import { contest } from './contestant.js';
import { flood, LINES, MEGABYTES } from './flood.js';
import { measureWatch } from './measure-watch.js';
import { CFSTAGE } from './names.js';
import { LARGE, LARGEST, makeApp, MANY_FILES, SAMPLE } from './sample-app.js';
import { round } from './target.js';
import { testSpecs } from './test-specs.js';
import { watchTree } from './watcher.js';

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
  small: async (place) => secondsOf(await interleaved('small', contest, { app: SAMPLE }, place)),
  large: async (place) => {
    const app = path.join(place.folder, 'large-app');
    makeApp(app, LARGE);
    return secondsOf(await interleaved('large', contest, { app }, place));
  },
  many: async (place) => {
    const app = path.join(place.folder, 'app-of-many-files');
    makeApp(app, MANY_FILES);
    return secondsOf(await interleaved('many', contest, { app }, place));
  },
  memory: async ({ folder, signal }) => {
    const app = path.join(folder, 'largest-app');
    makeApp(app, LARGEST);
    const state = stateFolder(folder, 'memory');
    const { seconds, peakMb } = await contest('cfstage', { app, state, signal });
    tell(`memory: ${round(peakMb, 1)} MB, ${round(seconds, 1)} s`);
    return { cfstage: [round(peakMb, 1)] };
  },
  test: async (place) => {
    const { ratios, alone, together, costs } = await testSpecs(place);
    return {
      cfstage: ratios,
      further: {
        'test-one': { cfstage: alone },
        'test-default': { cfstage: together },
        'test-cost': { cfstage: costs },
      },
    };
  },
  watcher: async (place) => await watchTree(place, ROUNDS),
  logs: async (place) => {
    const runs = await interleaved('logs', flood, {}, place);
    const rate = (amount) => each(runs, ({ seconds }) => Math.round(amount / seconds));
    return {
      ...secondsOf(runs),
      further: {
        'log-bytes': rate(MEGABYTES),
        'log-lines': rate(LINES),
        'log-memory': { cfstage: runs.cfstage.map(({ peakMb }) => round(peakMb, 1)) },
      },
    };
  },
  watch: (place) => measureWatch(place, tell),
};

/** One warm-up each, then five rounds of one after the other, so that what slows the machine slows both. */
async function interleaved(name, run, input, { folder, signal }) {
  if (which('docker') === undefined)
    throw new SetupError(
      'The script to compare with needs the docker command (Debian: docker.io, or docker-cli).',
    );
  const runs = { script: [], cfstage: [] };
  const state = {
    script: stateFolder(folder, `${name}-script`),
    cfstage: stateFolder(folder, `${name}-cfstage`),
  };
  for (let i = 0; i <= ROUNDS; i += 1) {
    for (const who of ['script', 'cfstage']) {
      // What the one before has written must not be paid for by the next.
      spawnSync('sync');
      const result = await run(who, { ...input, state: state[who], signal });
      if (i > 0) runs[who].push(result);
      tell(`${name}: ${who} ${result.seconds.toFixed(3)} s${i === 0 ? ' (warm-up)' : ''}`);
    }
  }
  return runs;
}

function secondsOf(runs) {
  return each(runs, ({ seconds }) => round(seconds, 3));
}

function each({ script, cfstage }, number) {
  return { script: script.map(number), cfstage: cfstage.map(number) };
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
