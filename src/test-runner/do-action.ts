import type { Action } from '../spec/step-schema.ts';
import { StagingError, StartError } from '../testing/deployment-errors.ts';
import type { Deployment } from '../testing/deployment.ts';
import { excerpt, ExpectationFailure } from './expectation-failure.ts';
import type { Answer, RequestSettings, ScenarioState } from './scenario-state.ts';

type Given<Verb extends Action['verb']> = Extract<Action, { verb: Verb }>['given'];

/** Does one step of a scenario. Throws an ExpectationFailure, or what the platform throws. */
export async function doAction(action: Action, state: ScenarioState): Promise<void> {
  const { signal } = state;
  switch (action.verb) {
    case 'stage':
      await stage(action.given, state, () => stageOnly(state));
      break;
    case 'restage':
      await stage(action.given, state, () => restage(state));
      break;
    case 'start':
      await start(action.given, state);
      break;
    case 'restart':
      await expectStart(action.given, state, () => deployed(state).restart({ signal }));
      break;
    case 'stop':
      state.isRunning = false;
      await deployed(state).stop();
      break;
    case 'request':
      state.request = action.given;
      state.answer = await send(action.given, state);
      break;
    case 'exec':
      await exec(action.given, state);
      break;
    case 'signal': {
      const { process, name } = action.given;
      await deployed(state).signal(process, name as NodeJS.Signals, { signal });
    }
  }
}

/** The app of the scenario. Raises an ExpectationFailure when there is none yet. */
export function deployed({ deployment }: ScenarioState): Deployment {
  if (deployment !== undefined) return deployment;
  throw new ExpectationFailure('The app was not staged yet', 'Put `- stage` or `- start` before this step.');
}

/** Asks the app. The answer is read whole. */
export async function send(
  { path, method = 'GET', headers, body, within }: RequestSettings,
  state: ScenarioState,
): Promise<Answer> {
  const response = await deployed(state).fetch(path, {
    method,
    redirect: 'manual',
    signal: state.signal,
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(within === undefined ? {} : { within }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function stageOnly(state: ScenarioState): Promise<void> {
  const { deploy, app, source, signal, recorder: sink } = state;
  state.deployment = await deploy.stage(app, source, { signal, sink });
}

async function restage(state: ScenarioState): Promise<void> {
  if (state.isRunning) await deployed(state).restage({ signal: state.signal });
  else await stageOnly(state);
}

async function stage(given: Given<'stage'>, state: ScenarioState, task: () => Promise<void>): Promise<void> {
  const { fails = false } = given ?? {};
  try {
    await task();
    state.logs = deployed(state).logs;
  } catch (error) {
    if (!(error instanceof StagingError)) throw error;
    state.logs = error.logs;
    if (fails === false) throw error;
    if (typeof fails === 'object') expectFailedPhase(fails, error);
    return;
  }
  if (fails !== false) throw new ExpectationFailure('Staging went well, and should have failed');
}

function expectFailedPhase(
  wanted: { readonly phase?: string | undefined; readonly 'exit-code'?: number | undefined },
  { failedPhase, message }: StagingError,
): void {
  const found =
    failedPhase === undefined
      ? 'no script'
      : `${failedPhase.name} with ${failedPhase.exitCode ?? 'no exit code'}`;
  const { phase, 'exit-code': exitCode } = wanted;
  if (phase !== undefined && failedPhase?.name !== phase)
    throw new ExpectationFailure(`Staging should have failed in ${phase}, and failed in ${found}`, message);
  if (exitCode !== undefined && failedPhase?.exitCode !== exitCode)
    throw new ExpectationFailure(`The script should have ended with ${exitCode}: it was ${found}`, message);
}

async function start(given: Given<'start'>, state: ScenarioState): Promise<void> {
  const { deploy, app, source, signal, recorder: sink } = state;
  await expectStart(given, state, async () => {
    if (state.deployment === undefined) {
      state.deployment = await deploy.execute(app, source, { signal, sink });
    } else {
      await state.deployment.start({ signal });
    }
    state.logs = state.deployment.logs;
    state.isRunning = true;
  });
}

async function expectStart(
  given: Given<'start'>,
  state: ScenarioState,
  task: () => Promise<void>,
): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (error instanceof StagingError || error instanceof StartError) state.logs = error.logs;
    if (error instanceof StartError && given?.fails === true) return;
    throw error;
  }
  if (given?.fails === true) throw new ExpectationFailure('The app has started, and should have failed to');
}

async function exec({ command, process, exit }: Given<'exec'>, state: ScenarioState): Promise<void> {
  const { signal } = state;
  const result = await deployed(state).exec(command, {
    signal,
    ...(process === undefined ? {} : { process }),
  });
  state.output = `${result.stdout}${result.stderr}`;
  if (result.exitCode !== exit)
    throw new ExpectationFailure(
      `The command ended with ${result.exitCode}, not with ${exit}`,
      excerpt(state.output),
    );
}
