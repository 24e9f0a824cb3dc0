import { CfstageError } from '../errors.ts';

/** How a stack's stand-in differs from the packages that all stand-ins share (`stacks/stand-in/packages.txt`). */
export interface StandIn {
  /** Distribution packages to add. */
  readonly packages: readonly string[];
  /** Commands that must not be in it, because the real stack does not carry them. */
  readonly without: readonly string[];
}

/** A stack as `stacks/NAME.json` defines it. */
export interface StackDefinition {
  readonly name: string;
  /** What the real stack is made of, for people. */
  readonly description: string;
  /** Reference of the real image, with its tag. */
  readonly image: string;
  /** `os/architecture` of the real image, as the engine's API writes it. */
  readonly platform: string;
  /** Who runs staging and the app, by name. */
  readonly user: string;
  /** Absent when nothing may stand in for the real image. */
  readonly standIn?: StandIn;
}

/** Reads a stack definition; `source` names the file in the error. Raises STACK_UNAVAILABLE when it is malformed. */
export function parseStackDefinition(text: string, source: string): StackDefinition {
  const fields = record(parseJson(text, source), source, 'the definition');
  const definition = {
    name: string(fields, 'name', source),
    description: string(fields, 'description', source),
    image: string(fields, 'image', source),
    platform: string(fields, 'platform', source),
    user: string(fields, 'user', source),
  };
  if (!/:[^/]+$/.test(definition.image)) {
    throw malformed(source, `"image" must carry a tag, such as ${definition.image}:latest`);
  }
  if (fields['standIn'] === undefined) return definition;
  const standIn = record(fields['standIn'], source, '"standIn"');
  return {
    ...definition,
    standIn: { packages: strings(standIn, 'packages', source), without: strings(standIn, 'without', source) },
  };
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(source, 'it is not JSON', error);
  }
}

function record(value: unknown, source: string, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw malformed(source, `${what} must be an object`);
}

function string(fields: Record<string, unknown>, key: string, source: string): string {
  const value = fields[key];
  if (typeof value === 'string' && value !== '') return value;
  throw malformed(source, `"${key}" must be a non-empty string`);
}

function strings(fields: Record<string, unknown>, key: string, source: string): string[] {
  const value = fields[key];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw malformed(source, `"${key}" must be a list of strings`);
}

function malformed(source: string, why: string, cause?: unknown): CfstageError {
  return new CfstageError('STACK_UNAVAILABLE', `Stack definition ${source} cannot be used: ${why}`, {
    hint: 'Mend the file, or take the one that came with cfstage.',
    cause,
  });
}
