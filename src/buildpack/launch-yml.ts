import type { GoYamlType } from '../lifecycle/go-yaml.ts';
import { decodeYaml } from '../lifecycle/go-yaml.ts';
import { goInt, goSlice, goString, goStruct } from '../lifecycle/go-yaml-types.ts';
import type { LaunchProcess } from '../lifecycle/launch-process.ts';
import type { StagingFailure } from '../lifecycle/staging-failure.ts';

/** What a file said, or why the builder gives up on it. */
export type Parsed<T> = { readonly value: T } | { readonly failure: StagingFailure };

const LIMITS = goStruct(String.raw`struct { Memory int "yaml:\"memory\" json:\"memory\"" }`, {
  memory: goInt,
});

const CLOUDFOUNDRY_FIELD = String.raw`struct { SidecarFor []string "yaml:\"sidecar_for\" json:\"sidecar_for\"" }`;

const PLATFORMS = goStruct(
  String.raw`struct { Cloudfoundry ${CLOUDFOUNDRY_FIELD} "yaml:\"cloudfoundry\" json:\"cloudfoundry\"" }`,
  { cloudfoundry: goStruct(CLOUDFOUNDRY_FIELD, { sidecar_for: goSlice(goString) }) },
);

interface ProcessYml {
  type: string;
  command: string;
  platforms: { cloudfoundry: { sidecar_for: string[] } };
  limits: { memory: number };
}

const PROCESS: GoYamlType<ProcessYml> = goStruct('resources.Process', {
  type: goString,
  command: goString,
  platforms: PLATFORMS,
  limits: LIMITS,
});

const LAUNCH_DATA = goStruct('resources.LaunchData', { processes: goSlice(PROCESS) });

/** Reads a launch.yml. Unknown keys are passed over. Source: buildpackapplifecycle resources/launch.go, runner.go. */
export function parseLaunchYml(text: string): Parsed<LaunchProcess[]> {
  const { value, error } = decodeYaml(text, LAUNCH_DATA);
  if (error !== undefined) return { failure: { kind: 'InvalidLaunchYml', detail: error } };
  return {
    value: value.processes.map(({ type, command, platforms, limits }) => ({
      type,
      command,
      sidecarFor: platforms.cloudfoundry.sidecar_for,
      memory: limits.memory,
    })),
  };
}
