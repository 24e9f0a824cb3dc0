import { StartError } from '../deployment-errors.ts';
import { CfstageError } from '../../errors.ts';
import type { Deployment } from '../deployment.ts';
import type { Waiting } from '../eventually.ts';
import type { ProcessExit } from '../process-exits.ts';
import { trafficLine } from './traffic-line.ts';
import { indented, type Verdict } from './verdict.ts';

export interface ExitOptions extends Waiting {
  /** Type of a process or name of a sidecar; `web` if absent. */
  readonly process?: string;
}

/** The process has ended with this exit code, or does so in time (10 seconds). 128+n is the end by signal n. */
export async function exitWith(
  received: Deployment | StartError,
  exitCode: number,
  { process = 'web', ...waiting }: ExitOptions = {},
  isNot: boolean,
): Promise<Verdict> {
  const expected = `${process} to exit with ${exitCode}`;
  if (received instanceof StartError) {
    const { processExitCode } = received;
    return {
      pass: processExitCode === exitCode,
      expected,
      found: `${processExitCode === undefined ? 'It did not exit.' : `It exited with ${processExitCode}.`}\n${indented(received.message, 40)}`,
    };
  }
  const name = process.toLowerCase();
  const meant = () => received.exits.filter((exit) => (exit.sidecar ?? exit.process) === name);
  // A new instance may end otherwise: the first end counts.
  if (!isNot) await received.until(() => meant().length > 0, waiting);
  const [first] = meant();
  return { pass: first?.exitCode === exitCode, expected, found: toldExits(received, first, process) };
}

function toldExits(app: Deployment, first: ProcessExit | undefined, process: string): string {
  const others = app.exits.map(
    (exit) => `  ${exit.sidecar ?? exit.process}/${exit.index} exited with ${exit.exitCode}`,
  );
  const log = app.logs.lines.slice(-10).map(({ source, message }) => `  [${source}] ${message}`);
  return [
    first === undefined
      ? `${process} has not exited${whyNot(app, process)}.`
      : `It exited with ${first.exitCode}.`,
    ...(others.length === 0 ? [] : ['All exits:', ...others]),
    'The last lines of the log:',
    ...log,
  ].join('\n');
}

/** Why a process cannot have ended, if it cannot. */
function whyNot(app: Deployment, process: string): string {
  if (app.exits.length > 0) return '';
  if (!app.isRunning) return ': the app was not started';
  const types = app.status().processes.map(({ type }) => type);
  const { result, sidecars } = app.droplet;
  const names = [...types, ...[...(result.sidecars ?? []), ...sidecars].map(({ name }) => name)];
  return names.includes(process.toLowerCase()) ? '' : `: there is no such process, but ${names.join(', ')}`;
}

/** Nothing in the containers of the app has tried to reach anything by now, staging included. */
export async function makeNoTraffic(app: Deployment): Promise<Verdict> {
  const { name } = app;
  const traffic = await app.trafficByNow();
  if (traffic === undefined) {
    throw new CfstageError('USAGE', `The traffic of ${name} is not recorded`, {
      hint: 'Deploy it withTrafficRecorded(), withoutInternetAccess() or withProxy().',
    });
  }
  const list = traffic.map((record) => `  ${trafficLine(record)}`);
  return {
    pass: traffic.length === 0,
    expected: `${name} to make no traffic`,
    unexpected: `${name} to make traffic`,
    found: list.length === 0 ? 'It made none.' : `It tried to reach:\n${list.join('\n')}`,
  };
}

export interface HealthyOptions extends Waiting {
  /** Type of the process; all of them if absent. */
  readonly process?: string;
}

/** All instances run and have passed their health check, or do so in time (10 seconds). With `.not`: one does not. */
export async function beHealthy(
  app: Deployment,
  { process, ...waiting }: HealthyOptions = {},
  isNot: boolean,
): Promise<Verdict> {
  const isHealthy = () => {
    const instances = instancesOf(app, process);
    return instances.length > 0 && instances.every(({ state }) => state === 'running');
  };
  await app.until(() => isHealthy() !== isNot, waiting);
  const list = instancesOf(app, process).map(
    ({ type, index, state, crashes, lastCrash }) =>
      `  ${type}/${index} is ${state}${crashes === 0 ? '' : `, crashed ${crashes === 1 ? 'once' : `${crashes} times`}, last: ${lastCrash ?? ''}`}`,
  );
  return {
    pass: isHealthy(),
    expected: `${process ?? app.name} to be healthy`,
    found: list.length === 0 ? toldNoInstances(app) : `Its instances:\n${list.join('\n')}`,
  };
}

function toldNoInstances(app: Deployment): string {
  if (!app.isRunning) return 'It does not run: it was not started, or was stopped.';
  const types = app.status().processes.map(({ type }) => type);
  return `It has no instances; the app has the ${types.length === 1 ? 'process' : 'processes'} ${types.join(', ')}.`;
}

function instancesOf(app: Deployment, process: string | undefined) {
  if (!app.isRunning) return [];
  return app
    .status()
    .processes.filter(({ type }) => process === undefined || type === process)
    .flatMap(({ type, instances }) => instances.map((instance) => ({ ...instance, type })));
}
