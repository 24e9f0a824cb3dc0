import type { Environment } from './environment.ts';

/** What an engine puts into the environment of every process, and a cell does not: Docker the first, Podman the second too. */
const ENGINE_VARIABLES = ['HOSTNAME', 'container'];

/** What goes before a command line to run it without them, but for those that its own environment sets. */
export function withoutEngineVariables(env: Environment): readonly string[] {
  const names = ENGINE_VARIABLES.filter((name) => !(name in env));
  return names.length === 0 ? [] : ['/usr/bin/env', ...names.flatMap((name) => ['-u', name])];
}
