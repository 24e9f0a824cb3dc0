import type { LaunchProcess } from './launch-process.ts';
import type { Process, Sidecar } from './process.ts';

/**
 * Lays later entries over earlier ones: an entry takes the place of every earlier one of its type, or is appended.
 * Entries that one file appends are not compared with each other, so a type that is new and written twice stays twice.
 * Source: buildpackapplifecycle resources/launch.go, `MergeProcesses`.
 */
export function mergeProcesses(
  earlier: readonly LaunchProcess[],
  later: readonly LaunchProcess[],
): LaunchProcess[] {
  const merged = [...earlier];
  for (const entry of later) {
    let replaced = false;
    for (const [i, { type }] of earlier.entries()) {
      if (type !== entry.type) continue;
      merged[i] = entry;
      replaced = true;
    }
    if (!replaced) merged.push(entry);
  }
  return merged;
}

/** What the buildpacks and the app say about processes, each part already read. */
export interface ProcessSources {
  /** launch.yml of the buildpacks before the final one, in order; only those that were found. */
  readonly supplies: readonly (readonly LaunchProcess[])[];
  /** launch.yml of the final buildpack, or what its bin/release printed. */
  readonly final: readonly LaunchProcess[];
  readonly procfile: readonly LaunchProcess[];
}

/** Process types and sidecars of a droplet. */
export interface DropletProcesses {
  readonly processes: readonly Process[];
  readonly sidecars: readonly Sidecar[];
}

/** Procfile over final over later supply over earlier supply. Source: runner.go, `ProcessFinalBuildpack`. */
export function dropletProcesses({ supplies, final, procfile }: ProcessSources): DropletProcesses {
  const entries = [...supplies, final, procfile].reduce(mergeProcesses, []);
  return {
    processes: entries
      .filter(({ sidecarFor }) => sidecarFor.length === 0)
      .map(({ type, command }) => ({ type, command })),
    sidecars: entries.filter(({ sidecarFor }) => sidecarFor.length > 0).map(toSidecar),
  };
}

function toSidecar({ type, sidecarFor, command, memory }: LaunchProcess): Sidecar {
  const sidecar = { name: type, process_types: sidecarFor, command };
  return memory === 0 ? sidecar : { ...sidecar, memory };
}

/** Command of a process type; of several entries of one type the last counts. */
export function commandOf(processes: readonly Process[], type: string): string | undefined {
  return processes.findLast((process) => process.type === type)?.command;
}
