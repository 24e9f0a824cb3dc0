import { changedBuildpackFiles, type ChangedFile } from './buildpack-changes.ts';
import { changedPaths, type ChangedPath } from './changed-paths.ts';
import type { InputFingerprints, LaunchFingerprints } from './input-fingerprints.ts';
import { newContainerReason } from './new-container.ts';
import { changedVariable } from './changed-variable.ts';
import { shortKey } from './short-key.ts';
import type { StagingPlan } from './staging-plan.ts';
import type { StagingTrace, StepIndex } from './staging-trace.ts';
import { firstDifference } from './step-differences.ts';

/** The least that has to be redone, and why, in one line. */
export type Redo =
  | { readonly kind: 'nothing'; readonly reason: string }
  /** Only the router has to be told. */
  | { readonly kind: 'routes'; readonly reason: string }
  /** Instances of the same droplet are started or ended, the others stay. */
  | { readonly kind: 'scale'; readonly reason: string }
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

/** A step that a change reaches, and what changed. */
interface Cause {
  readonly from: StepIndex;
  readonly what: string;
}

/** Decides it. When in doubt it is more: what comes of it has to be what staging from nothing gives. */
export function decideRedo({ trace, launch }: Staged, wanted: Wanted): Redo {
  const { plan, inputs } = wanted;
  const anew = newContainerReason(trace, plan, inputs);
  if (anew !== undefined) return { kind: 'anew', reason: `${anew}: in a new container` };
  const files = changedBuildpackFiles(trace, inputs);
  const causes: Cause[] = [
    ...bitsCauses(trace, inputs),
    ...files.flatMap(({ from, what }) => (from === undefined ? [] : [{ from, what }])),
    ...environmentCauses(trace, plan),
    ...servicesCauses(trace, inputs),
    ...orderCauses(trace, plan, files),
  ];
  const cause = earliest(causes);
  if (cause !== undefined) return redo(trace, cause);
  if (!trace.complete) return redo(trace, { from: Infinity, what: 'the last staging was interrupted' });
  const [unread] = files;
  // Of a staging that failed nobody knows what it would have read.
  if (unread !== undefined && endedEarly(trace)) return redo(trace, { from: Infinity, what: unread.what });
  if (launch.settings !== wanted.launch.settings)
    return { kind: 'restart', reason: 'settings of the processes changed: restart without staging' };
  if (launch.instances !== wanted.launch.instances)
    return { kind: 'scale', reason: 'the number of instances changed: none restarts' };
  if (launch.routes !== wanted.launch.routes)
    return { kind: 'routes', reason: 'routes changed: nothing restarts' };
  const reason = unread === undefined ? 'nothing changed' : `${unread.what}: no phase has read it`;
  return { kind: 'nothing', reason };
}

/** Every script can see the app. */
function bitsCauses(trace: StagingTrace, { bits }: InputFingerprints): Cause[] {
  const changed = changedPaths(trace.inputs.bits, bits);
  const [first] = changed;
  return first === undefined
    ? []
    : [{ from: 0, what: `${named(first, changed.length)} of the app ${first.change}` }];
}

function named({ path }: ChangedPath, count: number): string {
  return count === 1 ? path : `${path} and ${count - 1} more`;
}

function environmentCauses(trace: StagingTrace, plan: StagingPlan): Cause[] {
  const variable = changedVariable(trace.plan.env, plan.env);
  return variable === undefined ? [] : [{ from: 0, what: `${variable} changed` }];
}

/** Every script can talk to them. */
function servicesCauses(trace: StagingTrace, { services }: InputFingerprints): Cause[] {
  return trace.inputs.services === services
    ? []
    : [{ from: 0, what: 'how a service instance is run changed' }];
}

/** A script that could not be started was not read either. */
function orderCauses(trace: StagingTrace, plan: StagingPlan, files: readonly ChangedFile[]): Cause[] {
  const from = firstDifference(plan, trace.steps);
  return from === undefined ? [] : [{ from, what: files[0]?.what ?? 'the scripts to run changed' }];
}

function earliest([first, ...others]: readonly Cause[]): Cause | undefined {
  if (first === undefined) return undefined;
  return others.reduce((best, cause) => (cause.from < best.from ? cause : best), first);
}

/** Whether it ended before all steps of a good staging were done. */
function endedEarly({ steps }: StagingTrace): boolean {
  const last = steps.at(-1);
  return last?.step.step !== 'run' || last.step.phase !== 'release' || last.outcome === 'failed';
}

function redo(trace: StagingTrace, { from: wanted, what }: Cause): Redo {
  const { steps, complete, points } = trace;
  // After a staging that has come to its end there is no step after the last one.
  const last = complete ? Math.max(0, steps.length - 1) : steps.length;
  const from = points.findLast((point) => point <= Math.min(wanted, last)) ?? 0;
  return { kind: 'redo', from, reason: `${what}: from ${stepName(trace, from)}` };
}

function stepName({ steps, plan }: StagingTrace, index: StepIndex): string {
  // What the builder deletes before a script goes with it.
  const script = steps.slice(index).find(({ step }) => step.step === 'run')?.step;
  if (script?.step !== 'run') return 'where it stopped';
  return plan.buildpacks.length === 1 ? script.phase : `${script.phase} of ${shortKey(script.key)}`;
}
