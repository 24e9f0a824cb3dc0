import type { InputFingerprints } from './input-fingerprints.ts';
import type { StagingPlan } from './staging-plan.ts';
import type { StagingTrace } from './staging-trace.ts';

/** Why the staging container itself has to be another one; undefined when it can stay. */
export function newContainerReason(
  { plan: before, inputs: had }: StagingTrace,
  after: StagingPlan,
  inputs: InputFingerprints,
): string | undefined {
  const container = (plan: StagingPlan) => plan.container;
  const reasons: readonly (readonly [string, (plan: StagingPlan) => unknown])[] = [
    ['the stack changed', (plan) => [plan.stack, container(plan).image, container(plan).platform]],
    ['the buildpacks of the app changed', (plan) => [plan.buildpacks, plan.skipDetect]],
    ['the memory of the staging changed', (plan) => container(plan).memoryMb],
    ['the network of the app changed', (plan) => container(plan).network],
    ['the staging container changed', container],
    ['the directories of the staging changed', layout],
  ];
  const found = reasons.find(([, part]) => !same(part(before), part(after)));
  if (found !== undefined) return found[0];
  if (had.cache !== inputs.cache) return 'the build cache changed';
  return had.platform === inputs.platform ? undefined : 'certificates or service bindings changed';
}

function layout({ contentsDir, phases }: StagingPlan): unknown {
  return [contentsDir, phases.directories, phases.keptCacheEntries];
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
