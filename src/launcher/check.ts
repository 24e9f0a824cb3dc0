import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import { CfstageError } from '../errors.ts';
import type { Check } from '../plan/launch-plan.ts';

/** What there is to check: everything but `process`. */
export type ActiveCheck = Exclude<Check, { type: 'process' }>;

/** Faster than a cell's 2 s, so that an app counts as started soon after it can be reached. */
const STARTING_INTERVAL_SECONDS = '0.05';

/** How a check ended: `undefined` when it passed, else how often it was tried and why the last time failed. */
export interface CheckFailure {
  readonly attempts: string;
  readonly detail: string;
}

/** Checks until an attempt passes or the deadline is over; 0 is no deadline. */
export async function checkUntilPass(
  container: Container,
  check: ActiveCheck,
  address: string,
  deadlineSeconds: number,
  signal: AbortSignal,
): Promise<CheckFailure | undefined> {
  const how = ['until-pass', STARTING_INTERVAL_SECONDS, String(deadlineSeconds)];
  return await runCheck(container, check, address, how, signal);
}

/** Checks at the check's interval until an attempt fails. */
export async function checkUntilFail(
  container: Container,
  check: ActiveCheck,
  address: string,
  signal: AbortSignal,
): Promise<CheckFailure | undefined> {
  return await runCheck(container, check, address, ['until-fail', String(check.intervalSeconds)], signal);
}

async function runCheck(
  container: Container,
  { port, endpoint, invocationTimeoutSeconds }: ActiveCheck,
  address: string,
  how: readonly string[],
  signal: AbortSignal,
): Promise<CheckFailure | undefined> {
  const what = [address, String(port), endpoint, String(invocationTimeoutSeconds)];
  const { exitCode, stdout } = await runToEnd(
    container,
    { argv: ['/tmp/lifecycle/healthcheck', ...what, ...how], env: {}, user: 'root', workingDir: '/' },
    signal,
  );
  if (exitCode === 0) return undefined;
  // The script says with status 1 what failed; any other status is of a script that the container took with it.
  if (exitCode !== 1) {
    throw new CfstageError('CONTAINER_GONE', `The health check was ended (exit status ${exitCode})`, {
      hint: 'Run the command again.',
    });
  }
  const [attempts = '0', detail = ''] = stdout.toString('utf8').trim().split('\t');
  return { attempts, detail };
}
