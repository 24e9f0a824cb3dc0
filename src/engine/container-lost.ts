import { STOP_MARKER } from '../lifecycle/init-script.ts';
import type { Container } from './engine.ts';
import { runToEnd } from './run-to-end.ts';

const ANSWER_MS = 5_000;

/**
 * Whether somebody else has stopped or removed a container one of whose processes was just killed. Its first process
 * never ends by itself, so one in which nothing can be run any more was ended, unless that was for want of memory.
 */
export async function isContainerLost(container: Container): Promise<boolean> {
  try {
    if (await container.exists(STOP_MARKER)) return true;
    const probe = { argv: ['/bin/true'], env: {}, user: 'root', workingDir: '/' };
    const { exitCode } = await runToEnd(container, probe, AbortSignal.timeout(ANSWER_MS));
    if (exitCode === 0) return false;
  } catch {
    // What follows tells why.
  }
  return await container.inspect().then(
    ({ running, oomKilled }) => !running && !oomKilled,
    () => true,
  );
}
