import { listBuildpacks } from '../host/buildpack-registry.ts';
import { homeAt, homeFolder } from '../host/home.ts';
import type { BeforeRemoval } from '../engine/watch-removals.ts';
import { createPlatform, type Platform } from '../testing/platform.ts';
import type { TestRequest } from './options.ts';

/**
 * The platforms of a run: one for each set of buildpacks that are known by name, as a rule one for all. Those that are
 * registered in the state folder are known to all.
 */
export class Platforms implements AsyncDisposable {
  readonly #request: TestRequest;
  readonly #beforeRemoval: BeforeRemoval | undefined;
  readonly #signal: AbortSignal;
  readonly #opened = new Map<string, Promise<Platform>>();

  constructor(request: TestRequest, beforeRemoval: BeforeRemoval | undefined, signal: AbortSignal) {
    this.#request = request;
    this.#beforeRemoval = beforeRemoval;
    this.#signal = signal;
  }

  /** `named`: name → absolute path. */
  async with(named: Readonly<Record<string, string>>): Promise<Platform> {
    const key = JSON.stringify(Object.entries(named).sort());
    const opening = this.#opened.get(key) ?? this.#open(named);
    this.#opened.set(key, opening);
    return await opening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.values());
    await Promise.all(opened.map(async (one) => one.status === 'fulfilled' && (await one.value.close())));
  }

  async #open(named: Readonly<Record<string, string>>): Promise<Platform> {
    const { env, stackPolicy, caCert, recordChanges } = this.#request;
    const registered = await listBuildpacks(homeAt(homeFolder(env)));
    // Each is put before those that were registered earlier.
    const buildpacks = Object.fromEntries([
      ...Object.entries(named),
      ...registered.toReversed().map(({ name, source }) => [name, source.location] as const),
    ]);
    return await createPlatform({
      buildpacks: { ...buildpacks, ...named },
      env,
      recordChanges,
      signal: this.#signal,
      ...(stackPolicy === undefined ? {} : { stackPolicy }),
      ...(caCert === undefined ? {} : { caCert }),
      ...(this.#beforeRemoval === undefined ? {} : { beforeRemoval: this.#beforeRemoval }),
    });
  }
}
