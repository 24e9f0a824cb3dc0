import type { InputFingerprints } from './input-fingerprints.ts';
import type { StagingPlan } from './staging-plan.ts';
import type { StagingTrace } from './staging-trace.ts';

/** Why the staging container itself has to be another one; undefined when it can stay. */
export function newContainerReason(
  { plan: before, inputs: had }: StagingTrace,
  after: StagingPlan,
  inputs: InputFingerprints,
): string | undefined {
  const was = new Map(containerParts(before));
  const found = containerParts(after).find(([reason, part]) => was.get(reason) !== part);
  if (found !== undefined) return found[0];
  if (had.cache !== inputs.cache) return 'the build cache changed';
  return had.platform === inputs.platform ? undefined : OTHER_PLATFORM;
}

export const OTHER_PLATFORM = 'certificates or service bindings changed';

/** What a staging container is made from, by the reason for another one when it differs. */
export function containerParts(plan: StagingPlan): readonly (readonly [reason: string, part: string])[] {
  const { container } = plan;
  const parts: readonly (readonly [string, unknown])[] = [
    ['the stack changed', [plan.stack, container.image, container.platform]],
    ['the buildpacks of the app changed', [plan.buildpacks, plan.skipDetect]],
    ['the memory of the staging changed', container.memoryMb],
    ['the network of the app changed', container.network ?? null],
    ['the staging container changed', container],
    ['the directories of the staging changed', layout(plan)],
  ];
  return parts.map(([reason, part]) => [reason, JSON.stringify(part)]);
}

function layout({ contentsDir, phases }: StagingPlan): unknown {
  return [contentsDir, phases.directories, phases.keptCacheEntries];
}
