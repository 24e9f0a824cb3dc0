import { CfstageError } from '../errors.ts';
import type { Variables } from './interpolate-variables.ts';
import type { ManifestNode } from './manifest-node.ts';
import { isNull } from './manifest-node.ts';
import { parseYaml, type YamlSource } from './parse-yaml.ts';

/**
 * The variables of one `--vars-file`: a YAML map.
 * @throws CfstageError VARIABLES_INVALID
 */
export function parseVarsFile(source: YamlSource): Variables {
  const root = readVars(source);
  if (isNull(root)) return new Map();
  if (root.kind === 'map') return new Map(root.entries.map(({ key, value }) => [key.text, value]));
  throw invalidFile(`${source.file}:${root.at.line}:${root.at.column}: yaml: expected a map of variables`);
}

function readVars(source: YamlSource): ManifestNode {
  try {
    return parseYaml(source, 'VARIABLES_INVALID').root;
  } catch (error) {
    throw error instanceof CfstageError ? invalidFile(error.message, error) : error;
  }
}

function invalidFile(reason: string, cause?: CfstageError): CfstageError {
  const message = `The option --vars-file expects a valid YAML file. ${reason}`;
  return new CfstageError('VARIABLES_INVALID', message, {
    hint: 'A vars file is a YAML map of variable names and values.',
    ...(cause && { cause }),
  });
}

/**
 * One `--var NAME=VALUE`. The value is YAML, so `n=2` is an integer; a value that is a YAML string is kept as typed.
 * @throws CfstageError VARIABLES_INVALID
 */
export function parseVarFlag(flag: string): Variables {
  const equals = flag.indexOf('=');
  if (equals < 0) throw invalidFlag(`Expected var '${flag}' to be in format 'name=value'`);
  const name = flag.slice(0, equals);
  const text = flag.slice(equals + 1);
  if (name === '') throw invalidFlag(`Expected var '${flag}' to specify non-empty name`);
  if (text === '') throw invalidFlag(`Expected var '${flag}' to specify non-empty value`);
  const value = parseFlagValue(flag, text);
  const kept = value.kind === 'scalar' && value.type === 'string' ? { ...value, text } : value;
  return new Map([[name, kept]]);
}

function parseFlagValue(flag: string, text: string): ManifestNode {
  try {
    return parseYaml({ text, file: '--var' }, 'VARIABLES_INVALID').root;
  } catch (error) {
    throw error instanceof CfstageError
      ? invalidFlag(`Deserializing variables '${flag}': ${error.message}`, error)
      : error;
  }
}

function invalidFlag(message: string, cause?: CfstageError): CfstageError {
  return new CfstageError('VARIABLES_INVALID', message, {
    hint: 'Write --var NAME=VALUE.',
    ...(cause && { cause }),
  });
}

/** Later sources win: the vars files in their order, then the flags. */
export function mergeVariables(...sources: readonly Variables[]): Variables {
  return new Map(sources.flatMap((source) => [...source]));
}
