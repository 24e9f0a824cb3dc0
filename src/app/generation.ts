import { finished } from 'node:stream/promises';
import { CfstageError } from '../errors.ts';
import type { DropletStream } from '../launcher/launcher.ts';
import type { SlotEnd, SupervisedInstance } from '../launcher/supervised-instance.ts';
import { AppInstances } from './app-instances.ts';
import { slotsOf, webProcess, type AppSettings } from './app-settings.ts';
import { CrashReports } from './crash-reports.ts';
import { Deadline } from './deadline.ts';
import {
  InstanceStarter,
  type AwaitServices,
  type PreparedInstance,
  type RunnableDroplet,
} from './instance-starter.ts';
import type { DropletFacts } from './plan-instance.ts';
import type { Workbench } from './workbench.ts';

/**
 * All instances of an app that are made with the same settings from the same droplet. Disposing ends them; the droplet is
 * its giver's.
 */
export class Generation implements AsyncDisposable {
  readonly #starter: InstanceStarter;
  readonly #crashes: CrashReports;
  readonly #workbench: Workbench;
  #settings: AppSettings;
  #restarts: boolean;
  #first: PreparedInstance | undefined;
  #instances: AppInstances | undefined;
  #facts: DropletFacts = { result: {}, stagingInfo: undefined };
  #droplet: Promise<RunnableDroplet> | undefined;

  /** Without `restarts` the first crash is its end. */
  constructor(settings: AppSettings, restarts: boolean, awaitServices: AwaitServices, workbench: Workbench) {
    this.#settings = settings;
    this.#restarts = restarts;
    this.#crashes = new CrashReports(settings.facts, restarts, workbench);
    this.#workbench = { ...workbench, emit: this.#crashes.overhear(workbench.emit) };
    this.#starter = new InstanceStarter(settings, awaitServices, this.#workbench);
  }

  get settings(): AppSettings {
    return this.#settings;
  }

  get facts(): DropletFacts {
    return this.#facts;
  }

  get droplet(): Promise<RunnableDroplet> | undefined {
    return this.#droplet;
  }

  get members(): readonly SupervisedInstance[] {
    return this.#instances?.members ?? [];
  }

  /** How it ended; never, as long as it was not begun. */
  get ended(): Promise<SlotEnd> {
    return this.#begun.ended;
  }

  /** Makes a container for the first instance, if any is wanted, while there is no droplet yet. */
  async prepareFirst(signal: AbortSignal): Promise<void> {
    const [first] = slotsOf(this.#settings.app);
    if (first !== undefined) this.#first = await this.#starter.prepare(first, signal);
  }

  /** Unpacks the droplet in it; it comes as a stream before it can be had from anywhere else. */
  async fillFirst(droplet: DropletFacts, stream: DropletStream, signal: AbortSignal): Promise<void> {
    if (this.#first === undefined) await finished(stream.tar.resume());
    else await this.#starter.fill(this.#first, droplet, stream, signal);
  }

  /** Takes a container that has the droplet already for its first instance. */
  adopt(first: PreparedInstance): void {
    this.#first = first;
  }

  /** Starts all instances. One that was prepared has its droplet; the others fetch theirs once there is one. */
  begin(facts: DropletFacts, droplet: Promise<RunnableDroplet>): void {
    droplet.catch(() => undefined);
    this.#facts = facts;
    this.#droplet = droplet;
    const { app } = this.#settings;
    const slots = slotsOf(app);
    const first = this.#first && { ...this.#first, ...slots[0] };
    this.#first = undefined;
    this.#instances = new AppInstances(
      app.name,
      slots,
      (slot) => this.#starter.source(slot, facts, droplet, slot === slots[0] ? first : undefined),
      { restart: this.#restarts, onCrash: (...crash) => this.#crashes.report(...crash) },
      this.#workbench.emit,
    );
  }

  onChange(listener: () => void): void {
    this.#begun.onChange(listener);
  }

  /** Resolves once every process has an instance that runs. Raises APP_CRASHED and START_TIMEOUT. */
  async started(signal: AbortSignal): Promise<void> {
    await this.#begun.started(signal);
  }

  /** Resolves once the router may send requests to one of its instances, if it is to have any. Raises START_TIMEOUT. */
  async routable(signal: AbortSignal): Promise<void> {
    const { instances, healthCheck } = webProcess(this.#settings.app);
    if (instances === 0) return;
    const { timeoutSeconds } = healthCheck;
    using late = new Deadline(timeoutSeconds, neverReady(this.#settings.app.name, timeoutSeconds));
    const isReady = () =>
      this.members.some(
        ({ slot, current }) => slot.processType === 'web' && current?.instance.ready === true,
      );
    await this.#begun.until(isReady, AbortSignal.any([signal, late.signal]));
  }

  /** From now on a crashed instance is followed by a new one, or the first crash is the end. */
  setRestart(restarts: boolean): void {
    this.#restarts = restarts;
    this.#crashes.restart = restarts;
    this.#instances?.setRestart(restarts);
  }

  /** Takes settings that differ in how many instances and which routes there are; the rest of it stays as it is. */
  async scale(settings: AppSettings, beforeStop: () => Promise<void>): Promise<void> {
    const { facts } = this;
    const droplet = this.#droplet ?? Promise.reject(notBegun());
    this.#settings = settings;
    await this.#begun.scale(
      slotsOf(settings.app),
      (slot) => this.#starter.source(slot, facts, droplet),
      beforeStop,
    );
  }

  async restart(signal: AbortSignal): Promise<void> {
    await this.#instances?.restart(signal);
  }

  /** Tells of the crash that a start failed with, if there was one. */
  async tellFailedStart(): Promise<void> {
    const crash = this.members.find(({ lastCrash }) => lastCrash)?.lastCrash;
    if (crash !== undefined) await this.#crashes.summarize(crash);
  }

  async tellEnd(end: SlotEnd): Promise<void> {
    if (end.kind === 'crashed') await this.#crashes.summarize(end);
  }

  async stop(): Promise<void> {
    await this.#instances?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
    await this.#first?.[Symbol.asyncDispose]();
  }

  get #begun(): AppInstances {
    if (this.#instances === undefined) throw notBegun();
    return this.#instances;
  }
}

function neverReady(app: string, seconds: number): CfstageError {
  return new CfstageError(
    'START_TIMEOUT',
    `Start unsuccessful\nNo instance of app ${app} passed its readiness health check within ${seconds} seconds`,
    { hint: `\`cfstage logs ${app} --recent\` shows what the check saw.` },
  );
}

function notBegun(): CfstageError {
  return new CfstageError('INTERNAL', 'The app was not begun');
}
