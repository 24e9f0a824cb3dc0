import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import { cacheUse, LIST_RESTORED, LIST_USED, type CacheUse } from '../lifecycle/cache-use.ts';
import { VCAP } from '../lifecycle/container-paths.ts';

/** Sees what the scripts of a staging do with the cache that was restored for them. */
export class CacheWatch {
  readonly #container: Container;
  readonly #contentsDir: string;
  readonly #restored: string;

  /** Call it when the cache is in place and no script has run. */
  static async begin(container: Container, contentsDir: string, signal: AbortSignal): Promise<CacheWatch> {
    return new CacheWatch(container, contentsDir, await print(container, LIST_RESTORED, [], signal));
  }

  private constructor(container: Container, contentsDir: string, restored: string) {
    this.#container = container;
    this.#contentsDir = contentsDir;
    this.#restored = restored;
  }

  /** Call it after the last script, before anything else reads the cache. */
  async end(signal: AbortSignal): Promise<CacheUse> {
    return cacheUse(this.#restored, await print(this.#container, LIST_USED, [this.#contentsDir], signal));
  }
}

async function print(
  container: Container,
  script: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const argv = ['/bin/bash', '-c', script, 'cache-watch', ...args];
  const spec = { argv, env: {}, user: VCAP.name, workingDir: VCAP.home };
  return (await runToEnd(container, spec, signal)).stdout.toString('utf8');
}
