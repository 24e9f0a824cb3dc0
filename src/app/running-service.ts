import { join } from 'node:path';
import type { Container } from '../engine/engine.ts';
import { withFileLock } from '../host/file-lock.ts';
import { encodeAppName, type Home } from '../host/home.ts';
import { serviceSource } from '../lifecycle/log-sources.ts';
import type { Emit } from '../logs/event.ts';
import { serviceHost } from '../services/service-host.ts';
import type { BackedInstance, BackingService } from '../services/service-instance.ts';
import { reachService } from './reach-service.ts';
import { obtainServiceContainer, type ServiceContainer, type ServiceUse } from './service-container.ts';
import { ServiceOutput } from './service-output.ts';
import { serviceUnavailable } from './service-unavailable.ts';
import type { Workbench } from './workbench.ts';

/** A backing service that this run of an app uses. Disposing gives it up: it goes unless others use it or it is kept. */
export class RunningService implements AsyncDisposable {
  readonly #instance: BackedInstance;
  readonly #service: ServiceContainer;
  readonly #use: ServiceUse;
  readonly #home: Home;
  readonly #output: ServiceOutput;
  /** Exit status, if it ends while it is used. */
  readonly #ended: Promise<number>;
  readonly #interest = new AbortController();
  /** Ids of containers, and ports. */
  readonly #reachedFrom = new Set<string>();
  #hasEnded = false;

  private constructor(
    instance: BackedInstance,
    service: ServiceContainer,
    use: ServiceUse,
    { home, emit }: Workbench,
  ) {
    this.#instance = instance;
    this.#service = service;
    this.#use = use;
    this.#home = home;
    const { container, outputFrom } = service;
    const { signal } = this.#interest;
    this.#output = new ServiceOutput(use.app, instance.name, container, outputFrom, emit, signal);
    this.#ended = container.exited(signal);
    this.#ended.then(
      () => (this.#hasEnded = true),
      () => undefined,
    );
    this.#ended.then((status) => this.#tellEnd(status, emit)).catch(() => undefined);
  }

  static async start(
    instance: BackedInstance,
    use: ServiceUse,
    bench: Workbench,
    signal: AbortSignal,
  ): Promise<RunningService> {
    const service = await withFileLock(
      lockFile(bench.home, instance.name),
      () => obtainServiceContainer(instance, use, bench, signal),
      signal,
    );
    return new RunningService(instance, service, use, bench);
  }

  /** Whether its container is not there any more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Resolves when it accepts connections from a container of ours. Raises SERVICE_UNAVAILABLE. */
  async awaitFrom(
    container: Container,
    { port, timeoutSeconds }: BackingService,
    signal: AbortSignal,
  ): Promise<void> {
    const { name } = this.#instance;
    const way = `${container.id} ${port}`;
    if (this.#reachedFrom.has(way) && !this.#hasEnded) return;
    const host = serviceHost(name);
    const outcome = await Promise.race([
      reachService(container, { host, port, timeoutSeconds }, signal),
      this.#ended,
    ]);
    if (outcome === 'reached') {
      this.#reachedFrom.add(way);
      return;
    }
    if (outcome !== 'timed out') await this.#output.ended;
    const why =
      outcome === 'timed out'
        ? `cannot be reached: nothing listens on ${host}:${port} after ${timeoutSeconds} seconds`
        : `ended with exit status ${outcome} before it could be reached`;
    throw serviceUnavailable(name, why, { lastLines: this.#output.lastLines });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#interest.abort();
    await this.#output.ended;
    const { container, isNew, kept } = this.#service;
    const { keep } = this.#use;
    if (keep === 'found' && kept) return;
    // One that never served is not worth keeping; one with data is.
    if (keep === 'always' && (this.#reachedFrom.size > 0 || !isNew)) return;
    const { name } = this.#instance;
    await withFileLock(lockFile(this.#home, name), async () => {
      if (!(await this.#use.inUse(name))) await container.remove();
    });
  }

  async #tellEnd(status: number, emit: Emit): Promise<void> {
    await this.#output.ended;
    const { app } = this.#use;
    const source = serviceSource(this.#instance.name);
    await emit({ type: 'log', app, source, stream: 'OUT', message: `Exit status ${status}` });
  }
}

/** Whoever starts or removes a service of a state folder holds it. */
function lockFile(home: Home, name: string): string {
  return join(home.root, 'services', `${encodeAppName(name)}.lock`);
}
