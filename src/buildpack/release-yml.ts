import { decodeYaml } from '../lifecycle/go-yaml.ts';
import { goMap, goString, goStruct } from '../lifecycle/go-yaml-types.ts';
import type { LaunchProcess } from '../lifecycle/launch-process.ts';
import { processTypes } from '../lifecycle/launch-process.ts';
import type { Parsed } from './launch-yml.ts';

const RELEASE = goStruct('buildpackrunner.Release', {
  default_process_types: goMap(goString, 'buildpackapplifecycle.ProcessTypes'),
});

/** Reads what bin/release printed; nothing at all is fine. Source: buildpackapplifecycle runner.go, `release`. */
export function parseReleaseYml(text: string): Parsed<LaunchProcess[]> {
  const { value, error } = decodeYaml(text, RELEASE);
  if (error !== undefined) return { failure: { kind: 'InvalidReleaseOutput', detail: error } };
  return { value: processTypes(value.default_process_types) };
}
