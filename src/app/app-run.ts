import { finished } from 'node:stream/promises';
import { CfstageError } from '../errors.ts';
import { requireFreePort } from '../host/free-port.ts';
import type { DropletStream } from '../launcher/launcher.ts';
import type { SlotEnd } from '../launcher/supervised-instance.ts';
import { AppInstances } from './app-instances.ts';
import { AppRoutes } from './app-routes.ts';
import { AppSession } from './app-session.ts';
import { slotsOf, type AppSettings, type PlannedSlot } from './app-settings.ts';
import type { AppStatus } from './app-status.ts';
import { CrashReports } from './crash-reports.ts';
import { startBackingServices, type BackingServices } from './backing-services.ts';
import { describeApp, firstWeb, summarizeApp } from './describe-app.ts';
import { InstanceStarter, type PreparedInstance, type RunnableDroplet } from './instance-starter.ts';
import type { DropletFacts } from './plan-instance.ts';
import { replaceOlder } from './replace-older.ts';
import type { RunRequest } from './request.ts';
import { disposeAll } from './together.ts';
import type { Workbench } from './workbench.ts';

/** An app from its first container to the end of its last. Disposing stops it and gives up all it has. */
export class AppRun implements AsyncDisposable {
  readonly settings: AppSettings;
  /** How the app ended, once nothing of it is left. */
  readonly ended: Promise<SlotEnd>;
  readonly #slots: readonly PlannedSlot[];
  readonly #request: RunRequest;
  readonly #workbench: Workbench;
  readonly #session: AppSession;
  readonly #starter: InstanceStarter;
  readonly #crashes: CrashReports;
  #routes: AppRoutes | undefined;
  #services: BackingServices | undefined;
  #first: PreparedInstance | undefined;
  #instances: AppInstances | undefined;
  #facts: DropletFacts = { result: {}, stagingInfo: undefined };
  #droplet: Promise<RunnableDroplet> | undefined;
  #healthySince: number | undefined;
  #released: Promise<void> | undefined;
  #settleEnd: (end: Promise<SlotEnd>) => void = () => undefined;

  /** Makes the run known to other terminals. Raises PORT_IN_USE. */
  static async open(settings: AppSettings, request: RunRequest, workbench: Workbench): Promise<AppRun> {
    const { app } = settings;
    const { isLocal } = workbench.cell.engine;
    if (isLocal && request.port !== 0) await requireFreePort(request.port);
    const services = settings.services.backed.map(({ name }) => name);
    const session = await AppSession.open(app.name, services, workbench);
    return new AppRun(settings, request, workbench, session);
  }

  private constructor(settings: AppSettings, request: RunRequest, workbench: Workbench, session: AppSession) {
    this.settings = settings;
    this.#slots = slotsOf(settings.app);
    this.#request = request;
    this.#session = session;
    this.#crashes = new CrashReports(settings.facts, request.restart, workbench);
    this.#workbench = { ...workbench, emit: this.#crashes.overhear(workbench.emit) };
    this.#starter = new InstanceStarter(
      settings,
      async (from, signal) => await this.#services?.awaitFrom(from, signal),
      this.#workbench,
    );
    this.ended = new Promise<SlotEnd>((resolve) => (this.#settleEnd = resolve));
    this.ended.catch(() => undefined);
  }

  /** Aborts what is going on when another terminal asks for the end of the app. */
  get signal(): AbortSignal {
    return this.#session.signal;
  }

  /** Begins to start the backing services; whoever needs them waits for them. Raises SERVICE_UNAVAILABLE. */
  async openServices(signal: AbortSignal): Promise<BackingServices> {
    const { membership } = this.#session;
    const use = {
      app: this.settings.app.name,
      keep: this.#request.keepServices ? ('always' as const) : ('never' as const),
      inUse: (service: string) => membership.inUse(service),
    };
    const { backed } = this.settings.services;
    this.#services = await startBackingServices(backed, use, this.#workbench, signal);
    membership.share(this.#services);
    return this.#services;
  }

  /** Takes a place at the router that all apps share. Raises PORT_IN_USE. */
  async openRoutes(): Promise<void> {
    const who = { app: this.settings.app.name, session: this.#session.id };
    this.#routes = await AppRoutes.open(who, this.#request.routerPort, this.#workbench);
  }

  /** Makes a container for the first instance, if any is wanted, while there is no droplet yet. */
  async prepareFirst(signal: AbortSignal): Promise<void> {
    const [first] = this.#slots;
    if (first !== undefined) this.#first = await this.#starter.prepare(first, signal);
  }

  /** Unpacks the droplet in it; it comes as a stream before it can be had from anywhere else. */
  async fillFirst(droplet: DropletFacts, stream: DropletStream, signal: AbortSignal): Promise<void> {
    if (this.#first === undefined) await finished(stream.tar.resume());
    else await this.#starter.fill(this.#first, droplet, stream, signal);
  }

  /** Starts all instances. One that was prepared has its droplet; the others fetch theirs once there is one. */
  begin(facts: DropletFacts, droplet: Promise<RunnableDroplet>): void {
    droplet.catch(() => undefined);
    this.#facts = facts;
    this.#droplet = droplet;
    const { name } = this.settings.app;
    const first = this.#first;
    this.#first = undefined;
    const instances = new AppInstances(
      name,
      this.#slots,
      (slot) => this.#starter.source(slot, facts, droplet, slot === this.#slots[0] ? first : undefined),
      { restart: this.#request.restart, onCrash: (...crash) => this.#crashes.report(...crash) },
      this.#workbench.emit,
    );
    this.#instances = instances;
    instances.onChange(() => this.#routes?.update(instances.members, this.settings.facts));
    const end = instances.ended.then((slotEnd) => this.#tellEnd(slotEnd)).finally(() => this.#release());
    this.#settleEnd(end);
    this.#session.serve({
      status: () => this.status(),
      restart: () => this.restart(this.signal),
      stop: () => void instances.stop().catch(() => undefined),
      healthySince: () => this.#healthySince,
    });
  }

  /** Resolves once the app counts as started, is routed to, and older runs of it are gone. */
  async started(startedAt: number, signal: AbortSignal): Promise<void> {
    const instances = this.#instances;
    if (instances === undefined) throw new CfstageError('INTERNAL', 'The app was not begun');
    await instances.started(signal).catch((error: unknown) => this.#failToStart(error));
    // Routed to before the older ones go, so that there is always one that answers.
    await this.#routes?.published();
    this.#healthySince = Date.now();
    const self = { session: this.#session.id, since: this.#healthySince };
    await replaceOlder(this.settings.app.name, self, this.#workbench, signal);
    await this.#announce(startedAt);
  }

  status(): AppStatus {
    return describeApp({
      settings: this.settings,
      droplet: this.#facts,
      members: this.#instances?.members ?? [],
      host: this.#workbench.cell.engine.host,
      routes: this.#routes?.urls(this.settings.facts) ?? [],
      state: this.#healthySince === undefined ? 'starting' : 'started',
    });
  }

  async restart(signal: AbortSignal): Promise<void> {
    await this.#instances?.restart(AbortSignal.any([signal, this.signal]));
  }

  async stop(): Promise<void> {
    await this.#instances?.stop();
    await (this.#instances === undefined ? this.#release() : this.ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
    await this.#release();
  }

  async #announce(startedAt: number): Promise<void> {
    const status = this.status();
    const web = firstWeb(status);
    await this.#workbench.emit({
      type: 'app-started',
      app: status.name,
      url: web?.url ?? '',
      containerId: web?.container?.id ?? '',
      durationMs: Math.round(performance.now() - startedAt),
      summary: summarizeApp(status),
    });
  }

  async #failToStart(error: unknown): Promise<never> {
    const crash = this.#instances?.members.find(({ lastCrash }) => lastCrash)?.lastCrash;
    if (crash !== undefined) await this.#crashes.summarize(crash);
    throw error;
  }

  async #tellEnd(end: SlotEnd): Promise<SlotEnd> {
    const { name: app } = this.settings.app;
    if (end.kind === 'crashed' && this.#healthySince !== undefined) await this.#crashes.summarize(end);
    const asked = this.#session.replaced ? 'replaced' : 'stopped';
    await this.#workbench.emit({
      type: 'app-stopped',
      app,
      reason: end.kind === 'stopped' ? asked : end.reason,
    });
    return end;
  }

  #release(): Promise<void> {
    this.#released ??= (async () => {
      try {
        const droplet = await this.#droplet?.catch(() => undefined);
        await disposeAll(...[this.#routes, this.#first, droplet].filter((held) => held !== undefined));
      } finally {
        await this.#session[Symbol.asyncDispose]();
      }
    })();
    return this.#released;
  }
}
