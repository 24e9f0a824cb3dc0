import { decodeYaml } from '../lifecycle/go-yaml.ts';
import { goMap, goString } from '../lifecycle/go-yaml-types.ts';
import type { LaunchProcess } from '../lifecycle/launch-process.ts';
import { processTypes } from '../lifecycle/launch-process.ts';
import type { Parsed } from './launch-yml.ts';

const PROCFILE = goMap(goString, 'map[string]string');

/** Reads a Procfile: a YAML map of commands, whatever else is InvalidProcfile. Source: runner.go, `readProcfile`. */
export function parseProcfile(text: string): Parsed<LaunchProcess[]> {
  const { value, error } = decodeYaml(text, PROCFILE);
  return error === undefined ? { value: processTypes(value) } : { failure: { kind: 'InvalidProcfile' } };
}
