import { CfstageError, interruption } from '../errors.ts';
import type { SlotEnd } from '../launcher/supervised-instance.ts';
import { AppPlace } from './app-place.ts';
import { slotsOf, type AppSettings } from './app-settings.ts';
import type { ViewStaging } from './app-session.ts';
import type { AppStatus } from './app-status.ts';
import type { BackingServices } from './backing-services.ts';
import { describeApp, appStarted } from './describe-app.ts';
import { Generation } from './generation.ts';
import { InstanceDoors } from './instance-doors.ts';
import type { AwaitServices, PreparedInstance, RunnableDroplet } from './instance-starter.ts';
import type { DropletFacts } from './plan-instance.ts';
import type { RunRequest } from './request.ts';
import { sameInstances } from './same-instances.ts';
import { disposeAll } from './together.ts';
import type { Workbench } from './workbench.ts';

/** A droplet that can be had once it is stored. Disposing gives it up, whether it ever came or not. */
export interface ComingDroplet extends AsyncDisposable {
  readonly ready: Promise<RunnableDroplet>;
}

/** What a new generation is made from. */
export interface NextGeneration {
  readonly settings: AppSettings;
  readonly facts: DropletFacts;
  /** The app's to dispose of, once no instance needs it. */
  readonly droplet: ComingDroplet;
  /** A container that has the droplet, for the first instance. */
  readonly first?: PreparedInstance;
}

/**
 * An app whose instances are replaced while it serves: a new generation starts beside the old one, is healthy, gets the
 * routes, and only then the old one ends. It lasts until it is stopped, whether an instance of it runs or not.
 */
export class WatchedApp implements AsyncDisposable {
  /** How it ended, once nothing of it is left. */
  readonly ended: Promise<SlotEnd>;
  readonly #request: RunRequest;
  readonly #workbench: Workbench;
  readonly #place: AppPlace;
  readonly #doors: InstanceDoors;
  readonly #retiring = new Set<Promise<void>>();
  readonly #companions: AsyncDisposable[] = [];
  readonly #live = new Map<Generation, ComingDroplet>();
  #settings: AppSettings;
  #serving: Generation | undefined;
  #healthySince: number | undefined;
  #stopped: Promise<void> | undefined;
  #settleEnd: (end: SlotEnd | Promise<SlotEnd>) => void = () => undefined;

  /** Makes the app known to other terminals. Raises PORT_IN_USE. */
  static async open(settings: AppSettings, request: RunRequest, workbench: Workbench): Promise<WatchedApp> {
    const doors = new InstanceDoors(request.port, workbench.cell.engine.host);
    try {
      await doors.resize(webCount(settings));
      const place = await AppPlace.open(settings.app.name, settings.services, request, workbench);
      return new WatchedApp(settings, request, workbench, place, doors);
    } catch (error) {
      await disposeAll(doors);
      throw error;
    }
  }

  private constructor(
    settings: AppSettings,
    request: RunRequest,
    workbench: Workbench,
    place: AppPlace,
    doors: InstanceDoors,
  ) {
    this.#settings = settings;
    this.#request = request;
    this.#workbench = workbench;
    this.#place = place;
    this.#doors = doors;
    this.ended = new Promise<SlotEnd>((resolve) => (this.#settleEnd = resolve));
    this.ended.catch(() => undefined);
    place.serve({
      status: () => this.status(),
      restart: () => this.restart(this.signal),
      stop: () => void this.stop().catch(() => undefined),
      healthySince: () => this.#healthySince,
    });
  }

  /** Aborts what is going on when another terminal asks for the end of the app. */
  get signal(): AbortSignal {
    return this.#place.signal;
  }

  get awaitServices(): AwaitServices {
    return this.#place.awaitServices;
  }

  /** What is to be released before the app gives up its place among the sessions. */
  releaseFirst(held: AsyncDisposable): void {
    this.#companions.push(held);
  }

  /** From here on other terminals can see how the app is staged. */
  serveStaging(view: ViewStaging): void {
    this.#place.serveStaging(view);
  }

  /** Whether any instances serve, or did until they crashed for good. */
  get serving(): boolean {
    return this.#serving !== undefined;
  }

  /** Begins to start the backing services; whoever needs them waits for them. Raises SERVICE_UNAVAILABLE. */
  async openServices(signal: AbortSignal): Promise<BackingServices> {
    return await this.#place.openServices(signal);
  }

  /** Has other backing services; those that are not wanted any more stay until `settleServices`. Raises as `openServices`. */
  async changeServices(backed: AppSettings['services']['backed'], signal: AbortSignal): Promise<void> {
    await this.#place.changeServices(backed, signal);
  }

  async settleServices(): Promise<void> {
    await this.#place.settleServices();
  }

  /** Takes a place at the router that all apps share. Raises PORT_IN_USE. */
  async openRoutes(): Promise<void> {
    await this.#place.openRoutes();
  }

  /**
   * Replaces all instances. Resolves once the new ones answer, with the milliseconds that their own start took; the old
   * ones end afterwards. When it rejects, they serve on. A first crash decides, so that it is known soon.
   */
  async deploy(next: NextGeneration, startedAt: number, signal: AbortSignal): Promise<number> {
    const settings = { ...next.settings, port: 0 };
    const generation = new Generation(settings, false, this.#place.awaitServices, this.#workbench);
    this.#live.set(generation, next.droplet);
    if (next.first !== undefined) generation.adopt(next.first);
    try {
      if (this.#stopped !== undefined) throw interruption(this.signal);
      generation.begin(next.facts, next.droplet.ready);
      await generation.started(signal);
      if (this.#serving !== undefined) await generation.routable(signal);
      await this.#doors.resize(Math.max(webCount(settings), webCount(this.#settings)));
    } catch (error) {
      await generation.tellFailedStart();
      // Not waited for: an app may take its time to end.
      this.#retireLater(generation);
      throw error;
    }
    const before = this.#serving;
    await this.#switchTo(generation, settings);
    if (before !== undefined) this.#retireLater(before);
    if (this.#healthySince === undefined) await this.#announce(startedAt, signal);
    return startOf(generation);
  }

  /** Whether these settings need other instances than those that serve, not only more or fewer of them. */
  needsOthers(settings: AppSettings): boolean {
    const serving = this.#serving;
    return serving === undefined || !sameInstances(serving.settings, { ...settings, port: 0 }, serving.facts);
  }

  /**
   * Applies settings to the present droplet: instances are started or stopped where only their number differs, the router
   * is told where only routes do, else all are replaced. Resolves as `deploy` does.
   */
  async change(settings: AppSettings, startedAt: number, signal: AbortSignal): Promise<number> {
    const serving = this.#serving;
    const droplet = serving && this.#live.get(serving);
    if (serving === undefined || droplet === undefined)
      throw new CfstageError('INTERNAL', 'Nothing serves yet');
    const { facts } = serving;
    if (this.needsOthers(settings)) {
      return await this.deploy({ settings, facts, droplet }, startedAt, signal);
    }
    const before = webCount(this.#settings);
    await this.#doors.resize(Math.max(webCount(settings), before));
    this.#settings = settings;
    await serving.scale({ ...settings, port: 0 }, async () => await this.#lead(serving));
    await serving.started(signal);
    return 0;
  }

  status(): AppStatus {
    const { facts } = this.#settings;
    return describeApp({
      settings: this.#settings,
      droplet: this.#serving?.facts ?? { result: {}, stagingInfo: undefined },
      members: this.#serving?.members ?? [],
      host: this.#workbench.cell.engine.host,
      routes: this.#place.routes?.urls(facts) ?? [],
      state: this.#healthySince === undefined ? 'starting' : 'started',
      door: (index) => this.#doors.url(index),
    });
  }

  async restart(signal: AbortSignal): Promise<void> {
    await this.#serving?.restart(AbortSignal.any([signal, this.signal]));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
  }

  /** From here on requests go to this generation. */
  async #switchTo(generation: Generation, settings: AppSettings): Promise<void> {
    generation.setRestart(this.#request.restart);
    this.#serving = generation;
    this.#settings = settings;
    generation.onChange(() => this.#tellWhere(generation));
    generation.ended.then(
      (end) => void generation.tellEnd(end),
      () => this.#settleEnd(this.stop().then(() => generation.ended)),
    );
    await this.#lead(generation);
  }

  async #lead(generation: Generation): Promise<void> {
    this.#tellWhere(generation);
    // An app goes on without its routes; its next change tries again.
    await this.#place.routes?.followed().catch(() => undefined);
    await this.#doors.resize(webCount(this.#settings));
  }

  #tellWhere(generation: Generation): void {
    if (generation !== this.#serving) return;
    this.#doors.lead(generation.members);
    this.#place.routes?.update(generation.members, this.#settings.facts);
  }

  #retireLater(generation: Generation): void {
    const retired = this.#retire(generation).catch(() => undefined);
    this.#retiring.add(retired);
    void retired.then(() => this.#retiring.delete(retired));
  }

  /** Ends a generation and gives up its droplet if no other one needs it. */
  async #retire(generation: Generation): Promise<void> {
    await disposeAll(generation);
    const droplet = this.#live.get(generation);
    this.#live.delete(generation);
    if (droplet !== undefined && ![...this.#live.values()].includes(droplet)) await disposeAll(droplet);
  }

  async #announce(startedAt: number, signal: AbortSignal): Promise<void> {
    this.#healthySince = Date.now();
    await this.#place.takeOver(this.#healthySince, signal);
    await this.#workbench.emit(appStarted(this.status(), startedAt));
  }

  async #stop(): Promise<void> {
    try {
      await Promise.all([
        ...[...this.#live.keys()].map((generation) => this.#retire(generation)),
        ...this.#retiring,
        disposeAll(...this.#companions),
      ]);
    } finally {
      await Promise.all([this.#doors[Symbol.asyncDispose](), this.#place[Symbol.asyncDispose]()]);
    }
    const reason = this.#place.replaced ? 'replaced' : 'stopped';
    await this.#workbench.emit({ type: 'app-stopped', app: this.#settings.app.name, reason });
    this.#settleEnd({ kind: 'stopped' });
  }
}

function webCount({ app }: AppSettings): number {
  return slotsOf(app).filter(({ process }) => process.type === 'web').length;
}

/** Of the first instance that runs, in milliseconds. */
function startOf({ members }: Generation): number {
  return members.find(({ current }) => current !== undefined)?.current?.startMs ?? 0;
}
