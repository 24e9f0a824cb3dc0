import { currentDroplet, dropletMissing, openStoredDroplet } from '../app/droplet-store.ts';
import { push } from '../app/push.ts';
import type { PushRequest } from '../app/request.ts';
import { runDroplet } from '../app/run.ts';
import type { RunningApp } from '../app/running-app.ts';
import { stageApp } from '../app/stage-app.ts';
import type { Workbench } from '../app/workbench.ts';
import { CfstageError } from '../errors.ts';
import { stagingError } from '../lifecycle/exit-codes.ts';
import { emitTo, type Sink } from '../logs/emitter.ts';
import { deploymentError } from './deployment-errors.ts';
import { Droplet } from './droplet.ts';
import type { EventLog, OtherEvent } from './event-log.ts';
import { LogView } from './log-view.ts';
import { StagingReport } from './staging-report.ts';

/** Stages and runs one app, again and again, and knows what it came to. */
export class AppRunner {
  readonly request: PushRequest;
  readonly log: EventLog;
  readonly logs: LogView;
  readonly #workbench: Omit<Workbench, 'emit'>;
  readonly #sinks: readonly Sink[];
  /** Of the run that goes on, and that alone: the one before may still be ending. */
  #runEvents: OtherEvent[] = [];
  #staging: StagingReport;
  #droplet: Droplet | undefined;
  #run: RunningApp | undefined;
  #workMs = 0;

  /** `sinks` get all that `log` gets. */
  constructor(
    request: PushRequest,
    log: EventLog,
    sinks: readonly Sink[],
    workbench: Omit<Workbench, 'emit'>,
  ) {
    this.request = request;
    this.log = log;
    this.logs = new LogView(log.source());
    this.#sinks = sinks;
    this.#workbench = workbench;
    this.#staging = new StagingReport(log);
  }

  get name(): string {
    return this.request.appName ?? '';
  }

  /** The newest staging. */
  get staging(): StagingReport {
    return this.#staging;
  }

  /** What the newest staging that went well has made. */
  get droplet(): Droplet {
    if (this.#droplet === undefined) throw dropletMissing(this.name);
    return this.#droplet;
  }

  /** The app, while it runs. */
  get running(): RunningApp | undefined {
    return this.#run;
  }

  /** What has happened since the app was last started. */
  get eventsOfRun(): readonly OtherEvent[] {
    return this.#runEvents;
  }

  /** Milliseconds that cfstage itself has worked, without what this library adds. */
  get workMs(): number {
    return this.#workMs;
  }

  /** Stages and starts the app, or its next version: the one before runs until then. */
  async push(signal: AbortSignal): Promise<void> {
    this.#beginStaging();
    const { workbench, events } = this.#bench();
    this.#run = await this.#work(() => push(this.request, workbench, signal));
    this.#runEvents = events;
    await this.#readDroplet();
  }

  async stage(signal: AbortSignal): Promise<void> {
    this.#beginStaging();
    await this.#work(async () => {
      const { failure } = await stageApp(this.request, this.#bench().workbench, signal);
      if (failure !== undefined) throw stagingError(failure.failure, failure.outOfMemory);
    });
    await this.#readDroplet();
  }

  /** Starts the droplet that there is. */
  async start(signal: AbortSignal): Promise<void> {
    const { workbench, events } = this.#bench();
    this.#runEvents = events;
    this.#run = await this.#work(() => runDroplet(this.name, this.request, workbench, signal));
  }

  async restart(signal: AbortSignal): Promise<void> {
    const run = this.#run;
    if (run === undefined) {
      await this.start(signal);
      return;
    }
    await this.#work(() => run.restart(signal));
    this.#runEvents.length = 0;
  }

  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    if (run !== undefined) await this.#work(() => run.stop());
  }

  /** Calls back whenever something has happened to the app; answers what ends that. */
  onChange(listener: () => void): () => void {
    return this.log.onEvent(listener);
  }

  requireRunning(): RunningApp {
    if (this.#run !== undefined) return this.#run;
    throw new CfstageError('APP_NOT_FOUND', `App '${this.name}' is not running`, {
      hint: 'It was stopped, or only staged. Start it with start().',
    });
  }

  async #readDroplet(): Promise<void> {
    const { home } = this.#workbench;
    const stored = await currentDroplet(home, this.name);
    if (stored !== undefined) this.#droplet = new Droplet(stored, () => openStoredDroplet(home, stored));
  }

  /** A workbench for one run, and what will be told of it. */
  #bench(): { readonly workbench: Workbench; readonly events: OtherEvent[] } {
    const events: OtherEvent[] = [];
    const own: Sink = {
      write: (event) => {
        if (event.type !== 'log') events.push(event);
        return undefined;
      },
    };
    // Its own first: those that wait for the log look there.
    return { workbench: { ...this.#workbench, emit: emitTo([own, this.log, ...this.#sinks]) }, events };
  }

  #beginStaging(): void {
    if (this.#staging.events.length > 0) {
      this.#staging.close();
      this.#staging = new StagingReport(this.log);
    }
  }

  async #work<T>(task: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await task();
    } catch (error) {
      throw deploymentError(error, { app: this.name, staging: this.staging, logs: this.logs });
    } finally {
      this.#workMs += performance.now() - start;
    }
  }
}
