import type { Container } from './engine.ts';
import { runToEnd } from './run-to-end.ts';

/** cgroup version 2, then 1. */
const COUNTERS = 'cat /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control 2>/dev/null';

/**
 * Whether the kernel killed any process of a container for want of memory. The engine tells it of pid 1 only, so the
 * counter of the cgroup is read, as Garden does; of a container that is gone the engine's word is all there is.
 */
export async function ranOutOfMemory(container: Container, signal: AbortSignal): Promise<boolean> {
  try {
    const argv = ['/bin/sh', '-c', COUNTERS];
    const { stdout } = await runToEnd(container, { argv, env: {}, user: 'root', workingDir: '/' }, signal);
    return /^oom_kill [1-9]/m.test(stdout.toString('utf8'));
  } catch {
    return await container.inspect().then(
      ({ oomKilled }) => oomKilled,
      () => false,
    );
  }
}
