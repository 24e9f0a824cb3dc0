import type { Sidecar } from './process.ts';

/** Memory of a main process in MB: the process's less that of its sidecars. Source: diego/environment.rb, `as_json`. */
export function mainMemoryMb(processMemoryMb: number, sidecars: readonly Sidecar[]): number {
  return processMemoryMb - sidecarMemoryTotalMb(sidecars);
}

/** Memory of a sidecar in MB: its own, or the process's whole when it asked for none. Source: `as_json_for_sidecar`. */
export function sidecarMemoryMb(processMemoryMb: number, sidecar: Sidecar): number {
  return sidecar.memory ?? processMemoryMb;
}

function sidecarMemoryTotalMb(sidecars: readonly Sidecar[]): number {
  return sidecars.reduce((total, { memory = 0 }) => total + memory, 0);
}

/** MEMORY_LIMIT, e.g. `512m`. Source: cloud_controller_ng diego/environment.rb. */
export function memoryLimit(memoryMb: number): string {
  return `${memoryMb}m`;
}

/**
 * Cloud Controller's complaint when the sidecars of a process leave it nothing (their sum must be strictly less);
 * undefined when they fit or none asks for memory.
 * Source: sidecar_memory_less_than_process_memory_policy.rb, app/actions/sidecar_create.rb.
 */
export function sidecarMemoryProblem(
  processType: string,
  processMemoryMb: number,
  sidecars: readonly Sidecar[],
): string | undefined {
  if (sidecars.every(({ memory }) => memory === undefined)) return undefined;
  if (sidecarMemoryTotalMb(sidecars) < processMemoryMb) return undefined;
  return `The memory allocation defined is too large to run with the dependent "${processType}" process`;
}
