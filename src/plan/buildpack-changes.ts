import { changedPaths, type ChangedPath } from './changed-paths.ts';
import type { InputFingerprints, TreeFingerprint } from './input-fingerprints.ts';
import type { FirstReads, StagingTrace, StepIndex } from './staging-trace.ts';
import { shortKey } from './short-key.ts';

/** A file of a buildpack that is another one now. */
export interface ChangedFile {
  readonly what: string;
  /** The first step that it reaches; undefined when no step that was done has to do with it. */
  readonly from: StepIndex | undefined;
}

/**
 * The files of buildpacks that changed. Content reaches the first step that has opened the file. That a file is there, its
 * mode, what it links to, can be seen without opening it, and reaches all steps of its buildpack.
 */
export function changedBuildpackFiles(
  trace: StagingTrace,
  { buildpacks }: InputFingerprints,
): readonly ChangedFile[] {
  return trace.plan.buildpacks.flatMap(({ key, writable }, i) => {
    const before = trace.inputs.buildpacks[i] ?? new Map<string, string>();
    const after = buildpacks[i] ?? new Map<string, string>();
    const reads = trace.reads?.[i];
    const first = firstStep(trace, i, reads);
    return changedPaths(before, after).map((changed) => {
      const { path, change } = changed;
      const whole = reads === undefined || !isContentOnly(changed, before, after);
      // One that can change itself is part of the state before the first step.
      const from = writable ? 0 : whole ? first : reads.get(path);
      return { what: `${path} of ${shortKey(key)} ${change}`, from };
    });
  });
}

/** The first step of a buildpack, or the first that has looked into it. */
function firstStep({ steps }: StagingTrace, buildpack: number, reads?: FirstReads): StepIndex | undefined {
  const own = steps.findIndex(({ step }) => step.step === 'run' && step.buildpack === buildpack);
  const all = [...(own === -1 ? [] : [own]), ...(reads?.values() ?? [])];
  return all.length === 0 ? undefined : Math.min(...all);
}

/** Type, mode and whether there is anything in it are the same. */
function isContentOnly(
  { path, change }: ChangedPath,
  before: TreeFingerprint,
  after: TreeFingerprint,
): boolean {
  if (change !== 'changed') return false;
  const [oldType, oldMode, oldSize] = (before.get(path) ?? '').split(' ');
  const [type, mode, size] = (after.get(path) ?? '').split(' ');
  return type === 'f' && oldType === type && oldMode === mode && (oldSize === '0') === (size === '0');
}
