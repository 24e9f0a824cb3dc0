import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { contest } from './contestant.js';
import { EDITS, LARGE, makeEditable } from './sample-app.js';
import { round } from './target.js';
import { appFlags, Watched } from './watched.js';

const DEPS_BYTES = 100e6;

/**
 * Edits of a watched app against the script and a push, one after the other, so that what slows the machine slows all.
 * `tell` says how it goes.
 */
export async function measureWatch(place, tell) {
  const bench = { ...place, tell };
  const small = await editRounds('small', 5, {}, ['finalize'], bench);
  const large = await editRounds('large', 3, { app: LARGE }, ['app'], bench);
  const heavy = await editRounds(
    'heavy',
    3,
    { app: LARGE, depsBytes: DEPS_BYTES },
    ['finalize', 'app'],
    bench,
  );
  const seconds = (runs) => runs.map((run) => round(run.seconds, 3));
  const overhead = (runs) => ({ cfstage: runs.map(({ overheadMs }) => round(overheadMs / 1000, 3)) });
  return {
    cfstage: seconds(small.finalize),
    script: seconds(small.script),
    further: {
      'watch-push': { cfstage: seconds(small.finalize), script: seconds(small.push) },
      'watch-overhead': overhead(small.finalize),
      'watch-large-app': { cfstage: seconds(large.app), script: seconds(large.script) },
      'watch-large-app-push': { cfstage: seconds(large.app), script: seconds(large.push) },
      'watch-heavy-finalize': { cfstage: seconds(heavy.finalize), script: seconds(heavy.script) },
      'watch-heavy-overhead': overhead(heavy.finalize),
      'watch-heavy-app-overhead': overhead(heavy.app),
      'watch-first-small': small.first,
      'watch-first-heavy': heavy.first,
    },
  };
}

/** Rounds of the script, a push and each edit, and first stagings with snapshots and without. */
async function editRounds(name, rounds, size, edits, { folder, signal, tell }) {
  const files = makeEditable(path.join(folder, `watch-${name}`), size);
  const state = (who) => made(folder, `watch-${name}-${who}`);
  const runs = Object.fromEntries(['script', 'push', ...edits].map((what) => [what, []]));
  const watched = await Watched.start('watch', appFlags(files), { state: state('watch'), signal });
  try {
    await watched.started();
    for (let i = 0; i <= rounds; i += 1) {
      const done = async (what, run) => {
        // What the one before has written must not be paid for by the next.
        spawnSync('sync');
        const result = await run();
        if (i > 0) runs[what].push(result);
        tell(
          `watch ${name}: ${what} ${result.seconds.toFixed(3)} s${breakdown(result)}${i === 0 ? ' (warm-up)' : ''}`,
        );
      };
      await done('script', () => contest('script', { ...files, state: state('script'), signal }));
      await done('push', () => contest('cfstage', { ...files, state: state('push'), signal }));
      for (const edit of edits) {
        const marker = `${edit}-${i}`;
        await done(edit, () => watched.edit(() => EDITS[edit](files, marker), marker));
      }
    }
  } finally {
    await watched.end();
  }
  return { ...runs, first: await firstStagings(name, rounds, files, { folder, signal, tell }) };
}

/** Seconds of stagings from nothing: of a watch, which takes snapshots, and of a push. */
async function firstStagings(name, rounds, files, { folder, signal, tell }) {
  const times = { watch: [], push: [] };
  for (let i = 0; i < rounds; i += 1) {
    for (const verb of ['push', 'watch']) {
      spawnSync('sync');
      const state = made(folder, `first-${name}-${verb}-${i}`);
      const started = await Watched.start(verb, appFlags(files), { state, signal });
      try {
        const seconds = await started.started();
        times[verb].push(round(seconds, 3));
        tell(`watch ${name}: first staging of a ${verb} ${seconds.toFixed(3)} s`);
      } finally {
        await started.end();
      }
    }
  }
  return { cfstage: times.watch, script: times.push };
}

function breakdown({ phases, startMs, overheadMs }) {
  if (phases === undefined) return '';
  const scripts = phases.map(({ phase, durationMs }) => `${phase} ${durationMs}`).join(', ');
  return ` (ms: ${scripts}, start ${startMs}, overhead ${overheadMs})`;
}

function made(...names) {
  const folder = path.join(...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}
