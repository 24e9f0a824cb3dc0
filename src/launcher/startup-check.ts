import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import { CfstageError } from '../errors.ts';
import type { LaunchPlan } from '../plan/launch-plan.ts';

/** Whether an instance became healthy in time; if not, after how many attempts and why. */
export type StartupOutcome =
  | { readonly healthy: true }
  | {
      readonly healthy: false;
      readonly timeoutSeconds: number;
      readonly attempts: string;
      readonly detail: string;
    };

/**
 * Runs the startup check in the container, against its own address, until it passes or its time is over.
 *
 * @throws CfstageError CONTAINER_GONE when the container stopped before.
 */
export async function awaitHealthy(
  container: Container,
  { startupCheck: check }: LaunchPlan,
  address: string,
  signal: AbortSignal,
): Promise<StartupOutcome> {
  if (check.type === 'process') return { healthy: true };
  const { exitCode, stdout } = await runToEnd(
    container,
    {
      argv: [
        '/tmp/lifecycle/healthcheck',
        address,
        String(check.port),
        String(check.timeoutSeconds),
        String(check.invocationTimeoutSeconds),
        check.endpoint,
      ],
      env: {},
      user: 'root',
      workingDir: '/',
    },
    signal,
  );
  if (exitCode === 0) return { healthy: true };
  // A check that never passes says so with status 1; any other status is of a check that the container took with it.
  if (exitCode !== 1) {
    throw new CfstageError('CONTAINER_GONE', `The startup check was ended (exit status ${exitCode})`, {
      hint: 'Run the command again.',
    });
  }
  const [attempts = '0', detail = ''] = stdout.toString('utf8').trim().split('\t');
  return { healthy: false, timeoutSeconds: check.timeoutSeconds, attempts, detail };
}
