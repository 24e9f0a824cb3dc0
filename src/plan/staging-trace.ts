import type { Phase, Step } from '../buildpack/phases.ts';
import type { InputFingerprints } from './input-fingerprints.ts';
import type { StagingPlan } from './staging-plan.ts';

/** Number of steps done before a state of the staging container: 0 is that before the first one. */
export type StepIndex = number;

/** A step that does something in the container; all others are words. */
export type DoneStep = Phase | Extract<Step, { step: 'delete' }>;

/** A step of a staging that was done. */
export interface TracedStep {
  readonly step: DoneStep;
  /** `skipped`: bin/release, in the place of which launch.yml stood. */
  readonly outcome: 'done' | 'failed' | 'skipped';
  /** Of a script that is captured. */
  readonly output: string;
}

/** Path in a buildpack → the first step that read it. */
export type FirstReads = ReadonlyMap<string, StepIndex>;

/** A staging that went as far as it could, good or not, as what the next one is compared with. */
export interface StagingTrace {
  readonly plan: StagingPlan;
  readonly inputs: InputFingerprints;
  readonly steps: readonly TracedStep[];
  /** False when it was interrupted: the step after the last of `steps` was at work, or had yet to begin. */
  readonly complete: boolean;
  /** Steps that a redo can begin with: the state before each is still there. 0 is always among them. */
  readonly points: readonly StepIndex[];
  /** By buildpack, in the plan's order; undefined where the engine's file system does not tell. */
  readonly reads: readonly FirstReads[] | undefined;
}
