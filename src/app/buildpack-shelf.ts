import { openBuildpack, type BuildpackSource } from '../host/buildpack-source.ts';
import { orInterrupted } from '../errors.ts';
import { disposeAll } from './together.ts';
import type { BuildpackOpener } from './open-buildpacks.ts';

/**
 * Opens buildpacks again and again: those of this machine anew each time, since they may have changed; those from git and
 * the web are fetched once. Disposing removes what was fetched; the shelf can be used again.
 */
export class BuildpackShelf implements AsyncDisposable {
  readonly #fetched = new Map<string, Promise<BuildpackSource>>();
  #lifetime = new AbortController();

  readonly open: BuildpackOpener = async (from, options) => {
    if (from.kind === 'directory' || from.kind === 'zip') return await openBuildpack(from, options);
    const key = JSON.stringify(from);
    const known = this.#fetched.get(key);
    // Not with the caller's signal: what was fetched outlives its call.
    const fetching = known ?? openBuildpack(from, { ...options, signal: this.#lifetime.signal });
    if (known === undefined) {
      this.#fetched.set(key, fetching);
      fetching.catch(() => this.#fetched.delete(key));
    }
    const { signal } = options;
    const source = await (signal === undefined ? fetching : orInterrupted(fetching, signal));
    return { ...source, [Symbol.asyncDispose]: () => Promise.resolve() };
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.abort();
    this.#lifetime = new AbortController();
    const fetched = await Promise.allSettled(this.#fetched.values());
    this.#fetched.clear();
    await disposeAll(...fetched.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
  }
}
