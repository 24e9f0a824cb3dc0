const SIGKILL_STATUS = 137;

/** How one process of an instance ended. */
export interface ProcessExit {
  readonly source: string;
  readonly exitCode: number;
  /** It was still there when the grace period was over. */
  readonly exceededGrace: boolean;
  readonly outOfMemory: boolean;
}

/** The line a cell writes for it. Source: executor depot/steps/run_step.go. */
export function exitStatusLine(
  { exitCode, exceededGrace, outOfMemory }: ProcessExit,
  graceSeconds: number,
): string {
  const because = exceededGrace
    ? ` (exceeded ${graceSeconds}s graceful shutdown interval)`
    : memorySuffix(exitCode, outOfMemory);
  return `Exit status ${exitCode}${because}`;
}

/** Why an instance crashed, from the process that ended first. Source: executor depot/steps/codependent_step.go. */
export function crashReason(exit: ProcessExit): string {
  return exit.exitCode === 0 ? 'Codependent step exited' : failureReason(exit);
}

/** What a process whose status is not 0 has failed of. Source: executor depot/steps/run_step.go. */
export function failureReason({ source, exitCode, outOfMemory }: ProcessExit): string {
  const type = source.slice(0, source.lastIndexOf('/'));
  return `${type}: Exited with status ${exitCode}${memorySuffix(exitCode, outOfMemory)}`;
}

/** Whether a process that ended after a stop was asked for had to be killed. */
export function wasKilled(exitCode: number, stoppingMs: number, graceSeconds: number): boolean {
  return exitCode === SIGKILL_STATUS && stoppingMs >= graceSeconds * 1000;
}

/** Whether SIGKILL has ended it, and not for want of memory. */
export function wasEndedByKill({ exitCode, outOfMemory }: ProcessExit): boolean {
  return exitCode === SIGKILL_STATUS && !outOfMemory;
}

function memorySuffix(exitCode: number, outOfMemory: boolean): string {
  return outOfMemory && exitCode !== 0 ? ' (out of memory)' : '';
}
