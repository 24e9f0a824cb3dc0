import type { StagingFailure } from './staging-failure.ts';
import type { GoJson } from './go-json.ts';
import { goJson } from './go-json.ts';
import type { DropletProcesses } from './merge-processes.ts';
import type { Process, Sidecar } from './process.ts';

/** A value below `output_metadata`. A Map is a nested map, which Go's encoding/json cannot write. */
export type OutputValue =
  string | number | bigint | boolean | null | readonly OutputValue[] | ReadonlyMap<string, OutputValue>;

/**
 * What result.json says of one buildpack. `config` present but empty is told apart from absent.
 * Source: buildpackapplifecycle models.go, `BuildpackMetadata`.
 */
export interface BuildpackMetadata {
  readonly key: string;
  readonly name: string;
  readonly version?: string;
  readonly config?: { readonly entrypoint_prefix?: string };
  readonly output_metadata?: Readonly<Record<string, OutputValue>>;
}

/** result.json. Source: models.go, `StagingResult`. */
export interface StagingResult {
  readonly lifecycle_metadata: {
    readonly buildpack_key?: string;
    readonly detected_buildpack: string;
    readonly buildpacks: readonly BuildpackMetadata[];
  };
  /** null when the build failed. */
  readonly process_types: Readonly<Record<string, string>> | null;
  readonly processes?: readonly Process[];
  readonly sidecars?: readonly Sidecar[];
  readonly execution_metadata: '';
  readonly lifecycle_type: 'buildpack';
}

/** Result of a staging whose build went through. `buildpacks`: all of the order, or only the detected one. */
export function stagingResult(
  buildpacks: readonly BuildpackMetadata[],
  { processes, sidecars }: DropletProcesses,
): StagingResult {
  return {
    lifecycle_metadata: lifecycleMetadata(buildpacks),
    process_types: Object.fromEntries(processes.map(({ type, command }) => [type, command])),
    ...(processes.length > 0 && { processes }),
    ...(sidecars.length > 0 && { sidecars }),
    execution_metadata: '',
    lifecycle_type: 'buildpack',
  };
}

/** Result of a staging whose build failed: what is known of the buildpacks, no processes. */
export function failedStagingResult(buildpacks: readonly BuildpackMetadata[]): StagingResult {
  return {
    lifecycle_metadata: lifecycleMetadata(buildpacks),
    process_types: null,
    execution_metadata: '',
    lifecycle_type: 'buildpack',
  };
}

function lifecycleMetadata(buildpacks: readonly BuildpackMetadata[]): StagingResult['lifecycle_metadata'] {
  const last = buildpacks.at(-1);
  return {
    ...(last !== undefined && last.key !== '' && { buildpack_key: last.key }),
    detected_buildpack: last?.name ?? '',
    buildpacks,
  };
}

/** The bytes of result.json. */
export function resultJson(result: StagingResult): string {
  const { buildpacks, ...metadata } = result.lifecycle_metadata;
  return `${goJson({
    lifecycle_metadata: { ...metadata, buildpacks: buildpacks.map(writtenMetadata) },
    process_types: result.process_types === null ? null : new Map(Object.entries(result.process_types)),
    processes: result.processes?.map(({ type, command }) => ({ type, command })),
    sidecars: result.sidecars?.map((sidecar) => ({
      name: sidecar.name,
      process_types: sidecar.process_types,
      command: sidecar.command,
      memory: sidecar.memory,
    })),
    execution_metadata: result.execution_metadata,
    lifecycle_type: result.lifecycle_type,
  })}\n`;
}

function writtenMetadata({ key, name, version, config, output_metadata }: BuildpackMetadata): GoJson {
  return {
    key,
    name,
    version,
    config,
    output_metadata: output_metadata && new Map(Object.entries(output_metadata)),
  };
}

/**
 * Why the builder could not write this result: `output_metadata` with a nested map or a number that JSON lacks. It then
 * ends with this error and leaves an empty result.json.
 */
export function resultFailure(buildpacks: readonly BuildpackMetadata[]): StagingFailure | undefined {
  for (const { output_metadata } of buildpacks) {
    for (const value of Object.values(output_metadata ?? {})) {
      const detail = unsupported(value);
      if (detail !== undefined) return { kind: 'UnwritableResult', detail: `json: unsupported ${detail}` };
    }
  }
  return undefined;
}

function unsupported(value: OutputValue): string | undefined {
  if (typeof value === 'number' && Number.isNaN(value)) return 'value: NaN';
  if (value === Infinity) return 'value: +Inf';
  if (value === -Infinity) return 'value: -Inf';
  if (value instanceof Map) return 'type: map[interface {}]interface {}';
  if (isList(value)) return value.map(unsupported).find((detail) => detail !== undefined);
  return undefined;
}

function isList(value: OutputValue): value is readonly OutputValue[] {
  return Array.isArray(value);
}
