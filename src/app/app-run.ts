import { requireFreePort } from '../host/free-port.ts';
import type { DropletStream } from '../launcher/launcher.ts';
import type { SlotEnd } from '../launcher/supervised-instance.ts';
import { cellSource } from '../lifecycle/log-sources.ts';
import { AppPlace } from './app-place.ts';
import type { AppSettings } from './app-settings.ts';
import type { AppStatus } from './app-status.ts';
import type { BackingServices } from './backing-services.ts';
import { describeApp, appStarted } from './describe-app.ts';
import { Generation } from './generation.ts';
import type { RunnableDroplet } from './instance-starter.ts';
import type { DropletFacts } from './plan-instance.ts';
import type { RunRequest } from './request.ts';
import { disposeAll } from './together.ts';
import type { Workbench } from './workbench.ts';

/** An app from its first container to the end of its last. Disposing stops it and gives up all it has. */
export class AppRun implements AsyncDisposable {
  /** How the app ended, once nothing of it is left. */
  readonly ended: Promise<SlotEnd>;
  readonly #settings: AppSettings;
  readonly #workbench: Workbench;
  readonly #place: AppPlace;
  readonly #generation: Generation;
  #hasBegun = false;
  #healthySince: number | undefined;
  #released: Promise<void> | undefined;
  #settleEnd: (end: Promise<SlotEnd>) => void = () => undefined;

  /** Makes the run known to other terminals. Raises PORT_IN_USE. */
  static async open(settings: AppSettings, request: RunRequest, workbench: Workbench): Promise<AppRun> {
    const { isLocal } = workbench.cell.engine;
    if (isLocal && request.port !== 0) await requireFreePort(request.port);
    const place = await AppPlace.open(settings.app.name, settings.services, request, workbench);
    return new AppRun(settings, request, workbench, place);
  }

  private constructor(settings: AppSettings, request: RunRequest, workbench: Workbench, place: AppPlace) {
    this.#settings = settings;
    this.#workbench = workbench;
    this.#place = place;
    this.#generation = new Generation(settings, request.restart, place.awaitServices, workbench);
    this.ended = new Promise<SlotEnd>((resolve) => (this.#settleEnd = resolve));
    this.ended.catch(() => undefined);
  }

  /** Aborts what is going on when another terminal asks for the end of the app. */
  get signal(): AbortSignal {
    return this.#place.signal;
  }

  /** Begins to start the backing services; whoever needs them waits for them. Raises SERVICE_UNAVAILABLE. */
  async openServices(signal: AbortSignal): Promise<BackingServices> {
    return await this.#place.openServices(signal);
  }

  /** Takes a place at the router that all apps share. Raises PORT_IN_USE. */
  async openRoutes(): Promise<void> {
    await this.#place.openRoutes();
  }

  /** Makes a container for the first instance, if any is wanted, while there is no droplet yet. */
  async prepareFirst(signal: AbortSignal): Promise<void> {
    await this.#generation.prepareFirst(signal);
  }

  /** Unpacks the droplet in it; it comes as a stream before it can be had from anywhere else. */
  async fillFirst(droplet: DropletFacts, stream: DropletStream, signal: AbortSignal): Promise<void> {
    await this.#generation.fillFirst(droplet, stream, signal);
  }

  /** Starts all instances. One that was prepared has its droplet; the others fetch theirs once there is one. */
  begin(facts: DropletFacts, droplet: Promise<RunnableDroplet>): void {
    const generation = this.#generation;
    generation.begin(facts, droplet);
    this.#hasBegun = true;
    generation.onChange(() => this.#place.routes?.update(generation.members, this.#settings.facts));
    const end = generation.ended
      .then(
        (slotEnd) => this.#tellEnd(slotEnd),
        (error: unknown) => this.#tellFailure(error),
      )
      .finally(() => this.#release());
    this.#settleEnd(end);
    this.#place.serve({
      status: () => this.status(),
      restart: () => this.restart(this.signal),
      stop: () => void this.#giveWay().catch(() => undefined),
      healthySince: () => this.#healthySince,
    });
  }

  /** Resolves once the app counts as started, is routed to, and older runs of it are gone. */
  async started(startedAt: number, signal: AbortSignal): Promise<void> {
    await this.#generation.started(signal).catch(async (error: unknown) => {
      await this.#generation.tellFailedStart();
      throw error;
    });
    // Routed to before the older ones go, so that there is always one that answers.
    await this.#place.routes?.published();
    this.#healthySince = Date.now();
    await this.#place.takeOver(this.#healthySince, signal);
    await this.#workbench.emit(appStarted(this.status(), startedAt));
  }

  status(): AppStatus {
    return describeApp({
      settings: this.#settings,
      droplet: this.#generation.facts,
      members: this.#generation.members,
      host: this.#workbench.cell.engine.host,
      routes: this.#place.routes?.urls(this.#settings.facts) ?? [],
      state: this.#healthySince === undefined ? 'starting' : 'started',
    });
  }

  /** Has all been told that the instances have tried to reach by now. */
  async catchUp(): Promise<void> {
    const running = this.#generation.members.map(({ current }) => current?.instance.container);
    await Promise.all(running.map(async (container) => await container?.catchUp()));
  }

  async restart(signal: AbortSignal): Promise<void> {
    await this.#generation.restart(AbortSignal.any([signal, this.signal]));
  }

  async stop(): Promise<void> {
    await this.#generation.stop();
    await (this.#hasBegun ? this.ended : this.#release());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
    await this.#release();
  }

  /** A newer run is asked instead before this one's instances go. */
  async #giveWay(): Promise<void> {
    if (this.#place.replaced) await this.#place.routes?.withdraw().catch(() => undefined);
    await this.#generation.stop();
  }

  async #tellEnd(end: SlotEnd): Promise<SlotEnd> {
    if (this.#healthySince !== undefined) await this.#generation.tellEnd(end);
    const asked = this.#place.replaced ? 'replaced' : 'stopped';
    const reason = end.kind === 'stopped' ? asked : end.reason;
    await this.#workbench.emit({ type: 'app-stopped', app: this.#settings.app.name, reason });
    return end;
  }

  /** In the background nobody sees an error; the log and the events of the app are what is left to look at. */
  async #tellFailure(error: unknown): Promise<never> {
    const { name: app } = this.#settings.app;
    const reason = error instanceof Error ? error.message : String(error);
    const { emit } = this.#workbench;
    await emit({ type: 'log', app, source: cellSource(0), stream: 'ERR', message: reason });
    await emit({ type: 'app-stopped', app, reason });
    throw error;
  }

  #release(): Promise<void> {
    this.#released ??= (async () => {
      try {
        const droplet = await this.#generation.droplet?.catch(() => undefined);
        await disposeAll(...[this.#generation, droplet].filter((held) => held !== undefined));
      } finally {
        await this.#place[Symbol.asyncDispose]();
      }
    })();
    return this.#released;
  }
}
