import type { InstanceRecord } from './instance-state.ts';

/**
 * Whether an app counts as started, from the instances of each of its processes: when every process has one that runs.
 * It counts as failed when all instances of one process wait for a restart after their third crash, or get none.
 * Source: cli actor/v7action/application.go, `PollProcesses`; an instance that is restarted at once is still starting.
 */
export function startVerdict(
  processes: readonly (readonly InstanceRecord[])[],
): 'started' | 'failed' | 'pending' {
  const wanted = processes.filter((instances) => instances.length > 0);
  if (wanted.some((instances) => instances.every(isDown))) return 'failed';
  const runs = (instances: readonly InstanceRecord[]) => instances.some(({ state }) => state === 'running');
  return wanted.every(runs) ? 'started' : 'pending';
}

/** Crashed, and not about to be started again at once. */
function isDown({ state, since, restartAt }: InstanceRecord): boolean {
  return state === 'crashed' && restartAt !== since;
}
