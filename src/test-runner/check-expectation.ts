import { setTimeout as delay } from 'node:timers/promises';
import type { Traffic } from '../testing/deployment.ts';
import type { Expectation } from '../spec/expect-schema.ts';
import { globRegExp } from '../testing/matchers/glob.ts';
import { placeOf, trafficLine } from '../testing/matchers/traffic-line.ts';
import { deployed, send } from './do-action.ts';
import { excerpt, ExpectationFailure, holds, written } from './expectation-failure.ts';
import { describeMatch, matchLines } from './match-lines.ts';
import { responseFault } from './response-fault.ts';
import { matchTraffic } from './match-traffic.ts';
import type { ScenarioState } from './scenario-state.ts';

type Wanted<Key extends keyof Expectation> = NonNullable<Expectation[Key]>;

/** Milliseconds that something may take to become as expected. */
const WAIT_MS = 10_000;
const EXIT_WAIT_MS = 15_000;
const PAUSE_MS = 100;
/** Requests that may be sent again until the answer is right. */
const REPEATABLE = new Set(['GET', 'HEAD']);

const CHECKS: {
  readonly [Key in keyof Required<Expectation>]: (
    wanted: Wanted<Key>,
    state: ScenarioState,
  ) => Promise<void> | void;
} = {
  log: async ({ lines, source, within = WAIT_MS }, state) => {
    const all = logsOf(state);
    const view = source === undefined ? all : all.from(source);
    const find = () => matchLines(view.lines, lines);
    if (await view.until(() => find().fitting === lines.length, { within, signal: state.signal })) return;
    const where = source === undefined ? 'The log' : `The log of ${source}`;
    throw new ExpectationFailure(
      lines.length === 1
        ? `${where} has no line ${written(lines[0] ?? '')}`
        : `${where} does not have these ${lines.length} lines one after the other`,
      lines.length === 1 ? lastLines(view.messages) : describeMatch(lines, find()),
    );
  },

  'no-log': (patterns, state) => {
    for (const pattern of patterns) {
      const found = logsOf(state).messages.find((message) => holds(message, pattern));
      if (found !== undefined)
        throw new ExpectationFailure(`The log has a line ${written(pattern)}`, excerpt(found));
    }
  },

  files: async (wanted, state) => {
    const { droplet } = deployed(state);
    const paths = (await droplet.files()).map(({ path }) => path);
    for (const [glob, content] of wanted) {
      const wantedPath = globRegExp(glob.replace(/^\.?\//, ''));
      const found = paths.filter((path) => wantedPath.test(path));
      if (content === false && found.length > 0)
        throw new ExpectationFailure(`The droplet has ${found[0] ?? ''}, which should not be there`);
      if (content !== false && found.length === 0)
        throw new ExpectationFailure(`The droplet has no ${glob}`, beside(glob, paths));
      if (typeof content === 'boolean') continue;
      const texts = await Promise.all(found.map((path) => droplet.read(path)));
      if (!texts.some((text) => holds(text, content)))
        throw new ExpectationFailure(`${glob} does not hold ${written(content)}`, excerpt(texts[0] ?? ''));
    }
  },

  processes: (wanted, state) => {
    const { processes = [] } = deployed(state).droplet.result;
    for (const [type, command] of wanted) {
      const found = processes.find((one) => one.type === type);
      if (found === undefined)
        throw new ExpectationFailure(
          `The droplet has no process ${type}`,
          `It has ${processes.map((one) => one.type).join(', ') || 'none'}.`,
        );
      if (command !== undefined && !holds(found.command, command))
        throw new ExpectationFailure(`The command of ${type} is not ${written(command)}`, found.command);
    }
  },

  sidecars: (wanted, state) => {
    const { result, sidecars } = deployed(state).droplet;
    const names = [...(result.sidecars ?? []), ...sidecars].map(({ name }) => name);
    for (const name of wanted)
      if (!names.includes(name))
        throw new ExpectationFailure(
          `There is no sidecar ${name}`,
          `There is ${names.join(', ') || 'none'}.`,
        );
  },

  response: async (wanted, state) => {
    const { request, signal } = state;
    if (request === undefined || state.answer === undefined)
      throw new ExpectationFailure('There was no request', 'Put `- request: /` before this step.');
    const deadline = performance.now() + (request.within ?? WAIT_MS);
    for (;;) {
      const fault = responseFault(wanted, state.answer);
      if (fault === undefined) return;
      if (performance.now() > deadline || !REPEATABLE.has((request.method ?? 'GET').toUpperCase()))
        throw fault;
      await delay(PAUSE_MS, undefined, { signal });
      state.answer = await send(request, state);
    }
  },

  output: (patterns, { output }) => {
    if (output === undefined)
      throw new ExpectationFailure('There was no command', 'Put `- exec: …` before this step.');
    for (const pattern of patterns)
      if (!holds(output, pattern))
        throw new ExpectationFailure(`The command did not write ${written(pattern)}`, excerpt(output));
  },

  env: async (wanted, state) => {
    const env = await deployed(state).env({ signal: state.signal });
    for (const [name, value] of wanted) {
      const found = env[name];
      if (value === null && found !== undefined) throw new ExpectationFailure(`${name} is set`);
      if (value === null) continue;
      if (found === undefined) throw new ExpectationFailure(`${name} is not set`);
      // Its value may be a secret.
      if (!holds(found, value)) throw new ExpectationFailure(`${name} is not ${written(value)}`);
    }
  },

  exit: async ({ code, process, within = EXIT_WAIT_MS }, state) => {
    const deployment = deployed(state);
    const name = process.toLowerCase();
    const last = () => deployment.exits.findLast((exit) => (exit.sidecar ?? exit.process) === name);
    if (!(await deployment.until(() => last() !== undefined, { within, signal: state.signal })))
      throw new ExpectationFailure(`The process ${process} has not ended within ${within / 1000} s`);
    const found = last()?.exitCode;
    if (found !== code)
      throw new ExpectationFailure(`The process ${process} has ended with ${found ?? ''}, not with ${code}`);
  },

  cached: (wanted, state) => {
    const { restored = [] } = deployed(state).staging.cacheUse ?? {};
    if (wanted === restored.length > 0) return;
    throw new ExpectationFailure(
      wanted ? 'Staging found no file in its build cache' : 'Staging found files in its build cache',
      restored.slice(0, 15).join('\n'),
    );
  },

  traffic: async (places, state) => {
    const { recorder, signal } = state;
    const look = () => matchTraffic(recorder.traffic, places);
    await state.deployment?.trafficByNow();
    const isMissing = () => look().missing.length > 0 && look().unexpected.length === 0;
    // Of a staging all is known at its end.
    if (state.isRunning) await deployed(state).until(() => !isMissing(), { within: WAIT_MS, signal });
    const { unexpected, missing } = look();
    const [first, [place]] = [unexpected[0], missing];
    if (first !== undefined)
      throw new ExpectationFailure(
        `${placeOf(first)} was tried to reach, which is not expected`,
        tried(unexpected),
      );
    if (place !== undefined)
      throw new ExpectationFailure(`Nothing has tried to reach ${written(place)}`, tried(recorder.traffic));
  },

  proxied: (patterns, { recorder }) => {
    const requests = recorder.traffic.flatMap(({ request }) => (request === undefined ? [] : [request]));
    const missing = patterns.find((pattern) => !requests.some((request) => holds(request, pattern)));
    if (missing === undefined) return;
    throw new ExpectationFailure(
      `The proxy had no request ${written(missing)}`,
      requests.length === 0 ? 'It had none at all.' : `It had:\n${requests.join('\n')}`,
    );
  },

  'staged-within': (wanted, state) => {
    const { durationMs = 0 } = deployed(state).staging;
    if (durationMs > wanted)
      throw new ExpectationFailure(`Staging took ${durationMs / 1000} s, more than ${wanted / 1000} s`);
  },
};

type Check = (wanted: unknown, state: ScenarioState) => Promise<void> | void;

/** Whether all is as one step expects it. Throws an ExpectationFailure. */
export async function checkExpectation(expected: Expectation, state: ScenarioState): Promise<void> {
  for (const [key, check] of Object.entries(CHECKS) as [keyof Expectation, Check][]) {
    if (expected[key] !== undefined) await check(expected[key], state);
  }
}

function logsOf({ logs }: ScenarioState) {
  if (logs !== undefined) return logs;
  throw new ExpectationFailure('There is no log yet', 'Put `- stage` or `- start` before this step.');
}

function tried(records: readonly Traffic[]): string {
  return records.length === 0
    ? 'Nothing was tried at all.'
    : `This was tried:\n${records.map(trafficLine).join('\n')}`;
}

function lastLines(messages: readonly string[]): string {
  const shown = messages.slice(-15);
  return shown.length === 0 ? 'There is none at all.' : `The last lines:\n${shown.join('\n')}`;
}

/** What there is in the folder that was meant. */
function beside(glob: string, paths: readonly string[]): string {
  const folder = glob.replace(/[^/]*[*?].*$/, '').replace(/[^/]*$/, '');
  const found = paths.filter((path) => path.startsWith(folder)).slice(0, 15);
  return found.length === 0 ? `There is no ${folder} either.` : `There is:\n${found.join('\n')}`;
}
