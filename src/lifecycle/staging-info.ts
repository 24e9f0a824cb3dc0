import { goJson } from './go-json.ts';
import { decodeYaml } from './go-yaml.ts';
import { goPointer, goString, goStruct } from './go-yaml-types.ts';
import { commandOf } from './merge-processes.ts';
import type { Process } from './process.ts';
import type { BuildpackMetadata } from './staging-result.ts';

/** staging_info.yml of a droplet. Source: buildpackapplifecycle buildpackrunner/dea_staging_info.go. */
export interface StagingInfo {
  readonly detected_buildpack: string;
  readonly start_command: string;
  readonly config?: { readonly entrypoint_prefix?: string };
}

/** Name and config of the last buildpack, and the web command. */
export function stagingInfo(
  buildpacks: readonly BuildpackMetadata[],
  processes: readonly Process[],
): StagingInfo {
  const last = buildpacks.at(-1);
  return {
    detected_buildpack: last?.name ?? '',
    start_command: commandOf(processes, 'web') ?? '',
    ...(last?.config !== undefined && { config: last.config }),
  };
}

/** The bytes of staging_info.yml: one line of JSON. */
export function stagingInfoYml({ detected_buildpack, start_command, config }: StagingInfo): string {
  return `${goJson({ detected_buildpack, start_command, config })}\n`;
}

const STAGING_INFO = goStruct('buildpackrunner.DeaStagingInfo', {
  detected_buildpack: goString,
  start_command: goString,
  config: goPointer(goStruct('buildpackapplifecycle.BuildpackConfig', { entrypoint_prefix: goString })),
});

/** Reads a droplet's staging_info.yml; `error` is what the launcher prints before it exits with 1. */
export function parseStagingInfo(text: string): { readonly info: StagingInfo } | { readonly error: string } {
  const { value, error } = decodeYaml(text, STAGING_INFO);
  if (error !== undefined) {
    return { error: `Invalid staging info - failed to unmarshal staging_info.yml: ${error}` };
  }
  const { config, ...info } = value;
  return { info: config === null ? info : { ...info, config: withoutEmpty(config) } };
}

function withoutEmpty(config: { entrypoint_prefix: string }): { entrypoint_prefix?: string } {
  return config.entrypoint_prefix === '' ? {} : config;
}
