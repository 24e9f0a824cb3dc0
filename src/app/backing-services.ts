import type { Container } from '../engine/engine.ts';
import type { BackedInstance, BackingService } from '../services/service-instance.ts';
import { RunningService } from './running-service.ts';
import { settingsDigest, type ServiceUse } from './service-container.ts';
import { ensureServiceImage } from './service-image.ts';
import { disposeAll, together } from './together.ts';
import type { Workbench } from './workbench.ts';

/**
 * The backing services of one run of an app, which may become others while it runs. Disposing gives them up; the app's
 * containers must be gone by then.
 */
export class BackingServices implements AsyncDisposable {
  readonly #use: ServiceUse;
  readonly #bench: Workbench;
  /** By name; those that the app is not bound to any more as well, until they are settled. */
  readonly #held = new Map<string, HeldService>();
  #wanted: ReadonlySet<string> = new Set();
  #givenUp: Promise<void> | undefined;

  constructor(use: ServiceUse, bench: Workbench) {
    this.#use = use;
    this.#bench = bench;
  }

  /** Of all that are held. */
  get names(): readonly string[] {
    return [...this.#held.keys()];
  }

  /**
   * Has these from here on: starts those that are missing or have ended, and those whose settings are others in the place
   * of what there was. Resolves once the images are there, the network must be; the services go on starting, and
   * `awaitFrom` tells how that went. Raises SERVICE_UNAVAILABLE.
   */
  async change(instances: readonly BackedInstance[], signal: AbortSignal): Promise<void> {
    const missing = instances.filter((instance) => this.#held.get(instance.name)?.serves(instance) !== true);
    const perImage = new Map(missing.map((instance) => [instance.backing.image, instance]));
    await together(
      signal,
      ...[...perImage.values()].map(
        (instance) => (abort: AbortSignal) => ensureServiceImage(instance, this.#bench, abort),
      ),
    );
    for (const instance of missing) await this.#tellLoss(instance);
    await this.#giveUp(missing.map(({ name }) => name));
    for (const instance of instances) this.#held.get(instance.name)?.use(instance.backing);
    for (const instance of missing)
      this.#held.set(instance.name, new HeldService(instance, this.#use, this.#bench, signal));
    this.#wanted = new Set(instances.map(({ name }) => name));
  }

  /** Gives up those that the app is not bound to any more. */
  async settle(): Promise<void> {
    await this.#giveUp(this.names.filter((name) => !this.#wanted.has(name)));
  }

  /** Resolves when each of them accepts connections from a container of ours. Raises SERVICE_UNAVAILABLE. */
  async awaitFrom(container: Container, signal: AbortSignal): Promise<void> {
    await together(
      signal,
      ...[...this.#held]
        .filter(([name]) => this.#wanted.has(name))
        .map(
          ([, held]) =>
            (either: AbortSignal) =>
              held.awaitFrom(container, either),
        ),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#givenUp ??= this.#giveUp(this.names));
  }

  async #tellLoss(instance: BackedInstance): Promise<void> {
    const { name } = instance;
    if (this.#held.get(name)?.isMadeFor(instance) !== false) return;
    const message = `Service instance ${name} has other settings: it is made anew, without its data`;
    await this.#bench.emit({ type: 'warning', message });
  }

  async #giveUp(names: readonly string[]): Promise<void> {
    const given = names.flatMap((name) => this.#held.get(name) ?? []);
    for (const name of names) this.#held.delete(name);
    await disposeAll(...given);
  }
}

/** The same, with these to begin with. */
export async function startBackingServices(
  instances: readonly BackedInstance[],
  use: ServiceUse,
  bench: Workbench,
  signal: AbortSignal,
): Promise<BackingServices> {
  const services = new BackingServices(use, bench);
  await services.change(instances, signal);
  return services;
}

/** A service that starts or has started. */
class HeldService implements AsyncDisposable {
  #backing: BackingService;
  readonly #starting: Promise<RunningService>;
  readonly #given = new AbortController();
  #running: RunningService | undefined;
  #hasFailed = false;

  constructor(instance: BackedInstance, use: ServiceUse, bench: Workbench, signal: AbortSignal) {
    this.#backing = instance.backing;
    this.#starting = RunningService.start(
      instance,
      use,
      bench,
      AbortSignal.any([signal, this.#given.signal]),
    );
    this.#starting.then(
      (running) => (this.#running = running),
      () => (this.#hasFailed = true),
    );
  }

  /** Whether it will do for this instance. */
  serves(instance: BackedInstance): boolean {
    const isLost = this.#hasFailed || this.#running?.hasEnded === true;
    return !isLost && this.isMadeFor(instance);
  }

  isMadeFor({ backing }: BackedInstance): boolean {
    return settingsDigest(this.#backing) === settingsDigest(backing);
  }

  /** Where it listens, and how long it may take, is none of its container's business. */
  use(backing: BackingService): void {
    this.#backing = backing;
  }

  async awaitFrom(container: Container, signal: AbortSignal): Promise<void> {
    await (await this.#starting).awaitFrom(container, this.#backing, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#given.abort();
    const running = await this.#starting.catch(() => undefined);
    if (running !== undefined) await disposeAll(running);
  }
}
