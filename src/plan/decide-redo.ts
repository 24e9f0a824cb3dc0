import type { InputFingerprints, LaunchFingerprints } from './input-fingerprints.ts';
import type { StagingPlan } from './staging-plan.ts';
import type { StagingTrace, StepIndex } from './staging-trace.ts';

/** The least that has to be redone, and why, in one line. */
export type Redo =
  | { readonly kind: 'nothing'; readonly reason: string }
  /** Only the router has to be told. */
  | { readonly kind: 'routes'; readonly reason: string }
  /** New instances of the same droplet. */
  | { readonly kind: 'restart'; readonly reason: string }
  /** The steps from this one on, in the same container. */
  | { readonly kind: 'redo'; readonly from: StepIndex; readonly reason: string }
  /** A new container. */
  | { readonly kind: 'anew'; readonly reason: string };

/** What is there. */
export interface Staged {
  readonly trace: StagingTrace;
  readonly launch: LaunchFingerprints;
}

/** What is wanted. */
export interface Wanted {
  readonly plan: StagingPlan;
  readonly inputs: InputFingerprints;
  readonly launch: LaunchFingerprints;
}

/** Decides it. When in doubt it is more. */
export function decideRedo({ trace, launch }: Staged, wanted: Wanted): Redo {
  const from = trace.plan === wanted.plan && launch === wanted.launch ? 'the first step' : 'its first step';
  return { kind: 'redo', from: 0, reason: `something changed: from ${from}` };
}
