import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startContestant } from './child.js';
import { BUILDPACKS, CFSTAGE } from './names.js';
import { SAMPLE } from './sample-app.js';
import { round } from './target.js';
import { SetupError } from '../setup/say.js';

const SCENARIOS = 16;
const ROUNDS = 3;

/** The small sample, started and asked, so many times. JSON is YAML. */
const SPEC = JSON.stringify({
  app: SAMPLE,
  manifest: path.join(SAMPLE, 'manifest.yml'),
  buildpacks: [
    path.join(BUILDPACKS, 'config-server-http-buildpack'),
    path.join(BUILDPACKS, 'ruby_buildpack'),
  ],
  scenarios: Array.from({ length: SCENARIOS }, (_, i) => ({
    name: `sample ${i + 1}`,
    steps: ['start', { request: '/config', expect: { response: 'config-server' } }],
  })),
});

/** Seconds of one job and of the default, one after the other, their ratio, and the runner's own milliseconds a scenario. */
export async function testSpecs({ folder, signal }) {
  const state = path.join(folder, 'test');
  mkdirSync(state, { recursive: true });
  const spec = path.join(state, 'sample.cfstage.yml');
  writeFileSync(spec, SPEC);
  const results = { ratios: [], alone: [], together: [], costs: [] };
  for (let i = 0; i < ROUNDS; i += 1) {
    const one = await run(['--jobs', '1']);
    const all = await run([]);
    results.alone.push(round(one.seconds, 2));
    results.together.push(round(all.seconds, 2));
    results.ratios.push(round(all.seconds / one.seconds, 3));
    // One job: what is not work of cfstage itself is the runner's, from its first scenario to its last.
    results.costs.push(round((one.durationMs - one.workMs) / SCENARIOS, 0));
    process.stderr.write(`bench: test ${one.seconds.toFixed(1)} s, ${all.seconds.toFixed(1)} s\n`);
  }
  return results;

  async function run(flags) {
    const json = path.join(state, 'run.json');
    const start = performance.now();
    const command = [
      process.execPath,
      CFSTAGE,
      'test',
      spec,
      '--stack-policy',
      'stand-in',
      '--json',
      json,
      ...flags,
    ];
    const { ended, said } = startContestant(command, { state, signal });
    const code = await ended;
    signal.throwIfAborted();
    if (code !== 0) throw new SetupError(`cfstage test ended with ${code}:\n${said()}`);
    const { durationMs, scenarios } = JSON.parse(readFileSync(json, 'utf8'));
    const workMs = scenarios.reduce((sum, scenario) => sum + scenario.workMs, 0);
    return { seconds: (performance.now() - start) / 1000, durationMs, workMs };
  }
}
