import type { ScriptFailure } from '../lifecycle/script-failure.ts';
import type { StagingFailure } from '../lifecycle/staging-failure.ts';
import type { Phase } from './phases.ts';
import { execProblem } from './buildpack.ts';

/** The staging's failure when a phase's script fails; undefined for detect, which only means «not mine». */
export function phaseFailure({ phase, final }: Phase, cause: ScriptFailure): StagingFailure | undefined {
  switch (phase) {
    case 'detect':
      return undefined;
    case 'release':
      return { kind: 'ReleaseFailed', cause };
    case 'finalize':
    case 'compile':
      return { kind: 'CompileFailed', script: phase, cause };
    case 'supply':
      return final ? { kind: 'CompileFailed', script: phase, cause } : { kind: 'SupplyFailed', cause };
  }
}

/** How starting a phase's script fails, where its listing tells; undefined when it can be run. */
export function startFailure({ state, script }: Phase): ScriptFailure | undefined {
  const problem = execProblem(state);
  return problem === undefined ? undefined : { kind: 'exec', path: script, problem };
}
