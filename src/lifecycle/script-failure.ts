/**
 * How running a script went wrong: it ended by itself, a signal ended it, or it could not be started at all.
 * `path` is the script's path in the container.
 */
export type ScriptFailure =
  | { readonly kind: 'exit'; readonly status: number }
  | { readonly kind: 'signal'; readonly signal: number; readonly coreDumped?: boolean }
  | { readonly kind: 'exec'; readonly path: string; readonly problem: ExecProblem };

/** Linux's words for EACCES, ENOEXEC and ENOENT as Go prints them. */
export type ExecProblem = 'permission denied' | 'exec format error' | 'no such file or directory';

/** Go's names of the Linux signals; any other is printed as `signal N`. Source: Go syscall/zerrors_linux_amd64.go. */
const SIGNAL_NAMES: Readonly<Record<number, string>> = {
  1: 'hangup',
  2: 'interrupt',
  3: 'quit',
  4: 'illegal instruction',
  5: 'trace/breakpoint trap',
  6: 'aborted',
  7: 'bus error',
  8: 'floating point exception',
  9: 'killed',
  10: 'user defined signal 1',
  11: 'segmentation fault',
  12: 'user defined signal 2',
  13: 'broken pipe',
  14: 'alarm clock',
  15: 'terminated',
};

/** The words of Go's os/exec for it: `exit status 17`, `signal: killed`, `fork/exec /x: permission denied`. */
export function describeScriptFailure(failure: ScriptFailure): string {
  switch (failure.kind) {
    case 'exit':
      return `exit status ${failure.status}`;
    case 'signal': {
      const name = SIGNAL_NAMES[failure.signal] ?? `signal ${failure.signal}`;
      return `signal: ${name}${failure.coreDumped === true ? ' (core dumped)' : ''}`;
    }
    case 'exec':
      return `fork/exec ${failure.path}: ${failure.problem}`;
  }
}
