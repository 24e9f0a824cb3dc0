import { randomUUID } from 'node:crypto';
import { fingerprintEntries } from '../archive/fingerprint.ts';
import type { EventBody } from '../logs/event.ts';
import type { InputFingerprints, LaunchFingerprints } from '../plan/input-fingerprints.ts';
import type { AppSettings } from './app-settings.ts';
import { BuildpackShelf } from './buildpack-shelf.ts';
import {
  newStagingIdentity,
  prepareStaging,
  type PreparedStaging,
  type StagingIdentity,
} from './prepare-staging.ts';
import { stackOnEngine, type ResolvedStack } from './resolve-stack.ts';
import { describeInstances } from './same-instances.ts';
import type { planProxy } from './staging-proxy.ts';
import { together } from './together.ts';
import type { WatchRequest } from './watch-request.ts';
import type { Workbench } from './workbench.ts';

/** An app as its files describe it now. */
export interface WatchReading {
  readonly prepared: PreparedStaging;
  readonly settings: AppSettings;
  readonly inputs: InputFingerprints;
  readonly launch: LaunchFingerprints;
}

/** Reads an app's manifest, bits and buildpacks again and again. Disposing removes what was fetched for it. */
export class WatchReader implements AsyncDisposable {
  readonly #request: WatchRequest;
  readonly #workbench: Workbench;
  readonly #shelf = new BuildpackShelf();
  readonly #stacks = new Map<string, Promise<ResolvedStack>>();
  readonly #warned = new Set<string>();
  readonly #planProxy: typeof planProxy;
  #identity = newIdentity();

  constructor(request: WatchRequest, proxyOf: typeof planProxy, workbench: Workbench) {
    this.#request = request;
    this.#planProxy = proxyOf;
    this.#workbench = { ...workbench, emit: (event) => this.#tell(event, workbench) };
  }

  get identity(): Required<StagingIdentity> {
    return this.#identity;
  }

  /** From now on what is read is for another staging container; stacks and buildpacks are looked for anew if asked. */
  begin({ fetchAgain }: { readonly fetchAgain: boolean }, identity = newIdentity()): Promise<void> {
    this.#identity = identity;
    if (!fetchAgain) return Promise.resolve();
    this.#stacks.clear();
    return this.#shelf[Symbol.asyncDispose]();
  }

  /** `cache` names the build cache that stagings begin with. */
  async read(cache: string, signal: AbortSignal): Promise<WatchReading> {
    const request = this.#request;
    const prepared = await prepareStaging(
      request,
      this.#workbench,
      (name, abort) => this.#stack(name, abort),
      signal,
      this.#identity,
      this.#shelf.open,
      this.#planProxy,
    );
    const { caCertificates, serviceFiles, bits, buildpacks } = prepared.inputs;
    const [ofBits, ...ofBuildpacks] = await together(
      signal,
      () => fingerprintEntries(bits.entries()),
      ...buildpacks.map((source) => () => fingerprintEntries(source.entries())),
    );
    const settings = { ...request, ...prepared, caCertificates };
    return {
      prepared,
      settings,
      inputs: {
        bits: ofBits,
        buildpacks: ofBuildpacks,
        cache,
        platform: JSON.stringify([caCertificates, serviceFiles]),
        services: JSON.stringify(prepared.services.backed.map(({ name, backing }) => [name, backing])),
      },
      launch: {
        routes: JSON.stringify(prepared.facts.uris),
        instances: JSON.stringify(prepared.app.processes.map(({ type, instances }) => [type, instances])),
        settings: JSON.stringify(describeInstances(settings, { result: {}, stagingInfo: undefined })),
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shelf[Symbol.asyncDispose]();
  }

  /** An image is looked for once: asking the engine takes time, and it does not change while an app is watched. */
  #stack(name: string, signal: AbortSignal): Promise<ResolvedStack> {
    const known = this.#stacks.get(name);
    if (known !== undefined) return known;
    const found = stackOnEngine(this.#request, this.#workbench)(name, signal);
    this.#stacks.set(name, found);
    found.catch(() => this.#stacks.delete(name));
    return found;
  }

  /** A warning of the manifest is told once, not at every change. */
  #tell(event: EventBody, { emit }: Workbench): Promise<void> | undefined {
    if (event.type === 'warning') {
      if (this.#warned.has(event.message)) return undefined;
      this.#warned.add(event.message);
    }
    return emit(event);
  }
}

/** The version stays while the container does: phases that are not redone have seen it. */
function newIdentity(): Required<StagingIdentity> {
  return { ...newStagingIdentity(), version: randomUUID() };
}
