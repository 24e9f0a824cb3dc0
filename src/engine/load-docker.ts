import { createRequire, Module } from 'node:module';
import type Docker from 'dockerode';

/** Parts of dockerode that hardly any run needs: gRPC for BuildKit sessions, and an SSH client for ssh:// engines. */
const SELDOM_NEEDED = ['dockerode/lib/session', 'docker-modem/lib/ssh'];

/**
 * Loads dockerode, but those parts only when they are called: together they take as long to load as all the rest of
 * cfstage, and 20 MB. Both modules are one function each; where they are not found, dockerode is loaded as it is.
 */
export function loadDocker(): typeof Docker {
  const own = createRequire(import.meta.url);
  const dockerode = createRequire(own.resolve('dockerode'));
  for (const name of SELDOM_NEEDED) deferLoading(dockerode, name);
  return own('dockerode') as typeof Docker;
}

type AnyFunction = (...args: unknown[]) => unknown;

function deferLoading(require: NodeJS.Require, name: string): void {
  let file: string;
  try {
    file = require.resolve(name);
  } catch {
    return;
  }
  if (require.cache[file] !== undefined) return;
  const placeholder = new Module(file);
  let real: AnyFunction | undefined;
  placeholder.loaded = true;
  placeholder.exports = (...args: unknown[]) => {
    if (real === undefined) {
      Reflect.deleteProperty(require.cache, file);
      real = require(file) as AnyFunction;
    }
    return real(...args);
  };
  require.cache[file] = placeholder;
}
