import { sidecarMemoryProblem } from '../lifecycle/memory-limit.ts';
import type { ProcessManifest } from '../manifest/manifest.ts';
import type { Finding } from './finding.ts';
import { sidecarsOfBuildpacks, sidecarsOfManifest, type PlacedSidecar } from './sidecar-place.ts';
import type { LintSubject } from './subject.ts';

/**
 * The sidecars of buildpacks, with those of the manifest, leave their process some memory. (Those of the manifest alone
 * are checked when it is read.) Buildpacks that are not one order are judged each by itself.
 */
export function sidecarMemory(subject: LintSubject): Finding[] {
  const { app, buildpacks } = subject;
  if (app === undefined) return [];
  const declared = sidecarsOfBuildpacks(subject);
  const groups =
    subject.order?.skipDetect === true
      ? [declared]
      : buildpacks.map((_, i) => declared.filter(({ buildpack }) => buildpack === i));
  const users = sidecarsOfManifest(subject);
  return groups.flatMap((group) =>
    app.processes.flatMap((process) => tooLarge(process, users, lastOfEachName(group))),
  );
}

function tooLarge(
  { type, memoryMb }: ProcessManifest,
  users: readonly PlacedSidecar[],
  group: readonly PlacedSidecar[],
): Finding[] {
  const asking = group.filter(
    ({ processTypes, memoryMb: own }) => own !== undefined && processTypes.includes(type),
  );
  const largest = asking.toSorted((a, b) => (b.memoryMb ?? 0) - (a.memoryMb ?? 0))[0];
  if (largest === undefined) return [];
  const beside = [...users.filter(({ processTypes }) => processTypes.includes(type)), ...asking];
  const problem = sidecarMemoryProblem(type, memoryMb, beside.map(asDroplet));
  if (problem === undefined) return [];
  const total = beside.reduce((sum, { memoryMb: own = 0 }) => sum + own, 0);
  return [
    {
      rule: 'sidecar-memory',
      severity: 'error',
      file: largest.file,
      ...(largest.line === undefined ? {} : { line: largest.line }),
      why: `${problem}: its sidecars ask for ${total} MB of ${memoryMb} MB, '${largest.name}' for ${largest.memoryMb ?? 0} MB`,
      advice: `Ask for less in limits.memory, or give the process more: all sidecars together must stay below it.`,
    },
  ];
}

/** As the builder merges them: a later one takes the place of an earlier. */
function lastOfEachName(sidecars: readonly PlacedSidecar[]): PlacedSidecar[] {
  return [...new Map(sidecars.map((sidecar) => [sidecar.name, sidecar])).values()];
}

function asDroplet({ name, command, processTypes, memoryMb }: PlacedSidecar) {
  const sidecar = { name, command, process_types: processTypes };
  return memoryMb === undefined ? sidecar : { ...sidecar, memory: memoryMb };
}
