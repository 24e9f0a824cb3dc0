import type { Environment } from './environment.ts';

/** What engines put into the environment of a process, and a cell does not: Docker the first, Podman all of them. */
const ENGINE_VARIABLES = ['HOSTNAME', 'container', 'TERM'];

/** What goes before a command line to run it without them, but for those that its own environment sets. */
export function withoutEngineVariables(env: Environment): readonly string[] {
  const names = ENGINE_VARIABLES.filter((name) => !(name in env));
  return names.length === 0 ? [] : ['/usr/bin/env', ...names.flatMap((name) => ['-u', name])];
}
