/** Where the processes of an instance leave their ids: an engine does not tell them as the container sees them. */
export const PIDS_DIR = '/tmp/lifecycle/pids';

/** File of one process of an instance: 0 is the main one, then its sidecars in order. */
export function pidFile(step: number): string {
  return `${PIDS_DIR}/${step}`;
}

/** The same command, which leaves its id in a file and is otherwise as if it had been started itself. */
export function recordingPid(argv: readonly string[], file: string): readonly string[] {
  return ['/bin/bash', '-c', '{ echo $$ >"$0"; } 2>/dev/null; exec "$@"', file, ...argv];
}
