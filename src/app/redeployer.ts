import { orInterrupted } from '../errors.ts';
import type { Redo } from '../plan/decide-redo.ts';
import type { LaunchFingerprints } from '../plan/input-fingerprints.ts';
import type { WatchedDroplet } from '../stager/watched-droplet.ts';
import { slotsOf, type AppSettings } from './app-settings.ts';
import type { RedoClock } from './redo-clock.ts';
import type { RedoOutcome } from './redo-outcome.ts';
import { requireProcesses } from './require-processes.ts';
import { requireSameApp } from './require-same-app.ts';
import { requireStartCommands } from './require-start-commands.ts';
import { Standby } from './standby.ts';
import { disposeAll } from './together.ts';
import type { WatchedApp } from './watched-app.ts';
import { KeptLater, keepWatched } from './watched-droplet.ts';
import type { WatchReading } from './watch-reader.ts';
import type { WatchRequest } from './watch-request.ts';
import type { StagingSurroundings, WatchedStaging } from './watched-staging.ts';
import type { Workbench } from './workbench.ts';

/** What brings an app up to date: its beginning, files that changed, or somebody who asks. */
export type Task = 'first' | 'change' | 'restage' | 'rerun';

/** What goes on in the background is waited for, never broken off. */
const TO_ITS_END = new AbortController().signal;

/** A droplet that was staged. `coming` is it on its way into the state folder, once it was deployed. */
interface Staged {
  readonly droplet: WatchedDroplet;
  readonly reading: WatchReading;
  coming?: KeptLater;
}

/** Stages and deploys what a watched app needs to be what its files say. Disposing waits for what goes on in the background. */
export class Redeployer implements AsyncDisposable {
  readonly #request: WatchRequest;
  readonly #staging: WatchedStaging;
  readonly #app: WatchedApp;
  readonly #workbench: Workbench;
  readonly #standby: Standby;
  /** As it was first: which app it is. */
  readonly #first: WatchReading;
  /** The droplet of the last staging; undefined when that failed. */
  #staged: Staged | undefined;
  #served: { readonly staged: Staged; readonly launch: LaunchFingerprints } | undefined;
  /** Reads the droplet out of the staging container, which nobody may change meanwhile. */
  #background: Promise<void> = Promise.resolve();

  constructor(
    request: WatchRequest,
    staging: WatchedStaging,
    app: WatchedApp,
    first: WatchReading,
    workbench: Workbench,
  ) {
    this.#request = request;
    this.#staging = staging;
    this.#app = app;
    this.#first = first;
    this.#workbench = workbench;
    this.#standby = new Standby(app.awaitServices, workbench);
  }

  async redo(task: Task, clock: RedoClock, signal: AbortSignal): Promise<RedoOutcome> {
    // What is copied in the background is as good as what would be sent later: it is worth waiting for.
    const [read] = await Promise.all([this.#read(task, signal), orInterrupted(this.#background, signal)]);
    let reading = read;
    const redo = this.#decide(task, reading);
    if (task !== 'first') await this.#tell({ type: 'redo', app: this.#name, ...worded(redo) });
    if (redo.kind === 'anew' && task !== 'first') {
      await this.#staging.beginAnew(redo.reason, task === 'restage');
      reading = await this.#staging.read(signal);
    }
    if (task !== 'first') await this.#app.changeServices(reading.prepared.services.backed, signal);
    const startMs = await this.#do(redo, reading, clock, signal);
    if (task !== 'first') await this.#app.settleServices();
    const timing = clock.timing(startMs);
    if (task !== 'first') await this.#tell({ type: 'redone', app: this.#name, ...worded(redo), timing });
    return { kind: 'done', redo: redo.kind, reason: redo.reason, timing };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The droplet that serves is to be found in the state folder afterwards.
    await this.#background;
    await disposeAll(this.#standby);
  }

  async #read(task: Task, signal: AbortSignal): Promise<WatchReading> {
    if (task === 'first') return this.#first;
    const reading = await this.#staging.read(signal);
    requireSameApp(this.#first.prepared, reading.prepared);
    return reading;
  }

  #decide(task: Task, reading: WatchReading): Redo {
    const launch = this.#served?.launch;
    if (task === 'restage') return { kind: 'anew', reason: 'asked for: from nothing' };
    const redo =
      task === 'rerun' ? this.#staging.decideRerun(reading, launch) : this.#staging.decide(reading, launch);
    const isStaged = redo.kind !== 'redo' && redo.kind !== 'anew';
    const waits = this.#staged !== undefined && this.#staged !== this.#served?.staged;
    if (!isStaged || !waits) return redo;
    const reason = redo.kind === 'nothing' ? 'the last droplet has not started' : redo.reason;
    return { kind: 'restart', reason };
  }

  /** Answers the milliseconds that the app's own start took. */
  async #do(redo: Redo, reading: WatchReading, clock: RedoClock, signal: AbortSignal): Promise<number> {
    switch (redo.kind) {
      case 'nothing':
        return 0;
      case 'routes':
      case 'scale':
      case 'restart':
        return await this.#restart(reading, clock, signal);
      case 'redo':
      case 'anew': {
        // What a failed or interrupted staging leaves of the droplet before is nothing to rely on.
        this.#staged = undefined;
        const from = redo.kind === 'anew' ? 'nothing' : redo.from;
        const droplet = await this.#staging.stage(reading, from, clock, this.#surroundings(reading), signal);
        this.#staged = { droplet, reading };
        return await this.#deploy(this.#staged, reading, clock, signal);
      }
    }
  }

  /** A container for the droplet is made once the one for staging is there: sooner, it would hold that up. */
  #surroundings({ settings }: WatchReading): StagingSurroundings {
    return {
      awaitServices: this.#app.awaitServices,
      ready: () => void this.#standby.ensure(settings),
    };
  }

  async #restart(reading: WatchReading, clock: RedoClock, signal: AbortSignal): Promise<number> {
    const staged = this.#staged;
    const isServed = staged === undefined || staged === this.#served?.staged;
    if (staged !== undefined && (!isServed || this.#app.needsOthers(reading.settings))) {
      return await this.#deploy(staged, reading, clock, signal);
    }
    // Without instances and without a droplet, the settings count when there is one.
    if (this.#served === undefined) return 0;
    const startMs = await this.#app.change(reading.settings, clock.seenAt, signal);
    this.#served = { ...this.#served, launch: reading.launch };
    return startMs;
  }

  async #deploy(
    staged: Staged,
    reading: WatchReading,
    clock: RedoClock,
    signal: AbortSignal,
  ): Promise<number> {
    const { droplet } = staged;
    const { settings, launch } = reading;
    requireStartCommands(droplet.result, settings.app);
    requireProcesses(this.#request.overrides.processes, settings.app, droplet);
    const first = await this.#standby.take(settings, droplet, signal);
    // Asked for only now: one of a start that failed may just have been given up.
    const coming = this.#comingOf(staged);
    // Further instances cannot do without it.
    if (slotsOf(settings.app).length > 1) coming.begin();
    const next = { settings, facts: droplet, droplet: coming, ...(first === undefined ? {} : { first }) };
    const startMs = await this.#app.deploy(next, clock.seenAt, signal);
    this.#served = { staged, launch };
    this.#background = this.#replenish(staged, coming, settings).catch(async (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      await this.#tell({ type: 'warning', message: `The droplet could not be stored: ${why}` });
    });
    return startMs;
  }

  #comingOf(staged: Staged): KeptLater {
    if (staged.coming === undefined || staged.coming.isGivenUp) {
      staged.coming = new KeptLater(() =>
        keepWatched(staged.reading.prepared, staged.droplet, this.#standby, this.#workbench, TO_ITS_END),
      );
    }
    return staged.coming;
  }

  /** Stores the droplet and fills the next container, both from one reading where they can. */
  async #replenish({ droplet }: Staged, coming: KeptLater, settings: AppSettings): Promise<void> {
    await this.#standby.ensure(settings);
    if (coming.isBegun) {
      await coming.ready;
      await this.#standby.fill(await droplet.openDroplet(TO_ITS_END), droplet.entries, TO_ITS_END);
    } else {
      coming.begin();
      await coming.ready;
    }
  }

  get #name(): string {
    return this.#first.prepared.app.name;
  }

  async #tell(event: Parameters<Workbench['emit']>[0]): Promise<void> {
    await this.#workbench.emit(event);
  }
}

function worded({ kind, reason }: Redo) {
  return { kind, reason };
}
