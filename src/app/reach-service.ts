import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import { CfstageError } from '../errors.ts';
import { HEALTHCHECK_SCRIPT } from '../lifecycle/healthcheck-script.ts';

const ATTEMPT_SECONDS = '1';
const INTERVAL_SECONDS = '0.05';

/** Again a moment later: some servers open their port once while they set themselves up, or just before they serve. */
const TWICE = `
bash -c "$0" healthcheck "$@" || exit
sleep 0.2
exec bash -c "$0" healthcheck "$@"
`;

/**
 * Tries to connect from inside a container of ours until that succeeds, or the deadline is over. From there and not
 * through a published port, on which the engine accepts connections whether anybody listens behind it or not.
 */
export async function reachService(
  from: Container,
  {
    host,
    port,
    timeoutSeconds,
  }: { readonly host: string; readonly port: number; readonly timeoutSeconds: number },
  signal: AbortSignal,
): Promise<'reached' | 'timed out'> {
  const what = [
    host,
    String(port),
    '',
    ATTEMPT_SECONDS,
    'until-pass',
    INTERVAL_SECONDS,
    String(timeoutSeconds),
  ];
  const argv = ['/bin/bash', '-c', TWICE, HEALTHCHECK_SCRIPT, ...what];
  const { exitCode } = await runToEnd(from, { argv, env: {}, user: 'root', workingDir: '/' }, signal);
  if (exitCode === 0) return 'reached';
  // The script says with status 1 that nobody answered; any other is of one that its container took with it.
  if (exitCode === 1) return 'timed out';
  throw new CfstageError('CONTAINER_GONE', `The wait for a service was ended (exit status ${exitCode})`, {
    hint: 'Run the command again.',
  });
}
