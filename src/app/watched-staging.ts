import type { Container } from '../engine/engine.ts';
import { CfstageError } from '../errors.ts';
import { appFiles } from '../host/app-store.ts';
import { holdFile, type HeldFile } from '../host/held-file.ts';
import type { IssueCredentials } from '../lifecycle/instance-credentials.ts';
import { stagingError } from '../lifecycle/exit-codes.ts';
import { decideRedo, type Redo } from '../plan/decide-redo.ts';
import type { LaunchFingerprints } from '../plan/input-fingerprints.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { StepIndex } from '../plan/staging-trace.ts';
import { RewindableStaging, type WatchedFailure } from '../stager/rewindable-staging.ts';
import type { WatchedDroplet } from '../stager/watched-droplet.ts';
import type { StagingChanges } from '../logs/render-staging-changes.ts';
import { dropKept, leaveKept, resumeKept, tellUnused } from './staging-handover.ts';
import { claimKept, forgetKept, type KeptStaging } from './kept-staging.ts';
import { PersistedPaths } from './persisted-paths.ts';
import { beginIdentity, issuerFor, type PendingIdentity } from './container-identity.ts';
import type { AwaitServices } from './instance-starter.ts';
import type { RedoClock } from './redo-clock.ts';
import type { FailedStagingPlace } from './redo-outcome.ts';
import { disposeAll } from './together.ts';
import type { TrafficLedger } from './traffic-ledger.ts';
import { WatchedProxy } from './watched-proxy.ts';
import { WatchReader, type WatchReading } from './watch-reader.ts';
import type { WatchRequest } from './watch-request.ts';
import type { Workbench } from './workbench.ts';

const NOTHING_YET = 'nothing is staged yet: from nothing';

/** What else goes on while an app is staged. */
export interface StagingSurroundings {
  readonly awaitServices: AwaitServices;
  /** Called when the staging container is there. */
  readonly ready: () => void;
}

/** Reads and stages a watched app, each time from where it has to be. Disposing removes what it has made. */
export class WatchedStaging implements AsyncDisposable {
  /** Where the last staging failed, if it did and a phase was to blame. */
  failed: FailedStagingPlace | undefined;
  readonly #request: WatchRequest;
  readonly #workbench: Workbench;
  readonly #reader: WatchReader;
  readonly #persisted: PersistedPaths;
  readonly #proxy: WatchedProxy;
  /** Of the next container: a key takes a while to make. */
  #identity: PendingIdentity | undefined;
  /** By stack; as they were when the watch began or was begun anew. */
  readonly #caches = new Map<string, Promise<HeldFile | undefined>>();
  #staging: RewindableStaging;
  #clock: RedoClock | undefined;
  #epoch = 1;
  #clearsCache: boolean;
  #error: CfstageError | undefined;
  #failedStep: StepIndex | undefined;
  #app: string | undefined;
  /** It goes on with what an earlier watch has left, and nothing was staged since. */
  #resumed = false;
  /** Why what is there may not be built upon. */
  #spoilt: string | undefined;

  constructor(request: WatchRequest, ledger: TrafficLedger, workbench: Workbench) {
    this.#request = request;
    this.#clearsCache = request.clearCache;
    this.#persisted = new PersistedPaths(request.persist, workbench);
    this.#workbench = workbench;
    this.#identity = beginIdentity(workbench.home);
    this.#proxy = new WatchedProxy(request, ledger);
    this.#reader = new WatchReader(request, this.#proxy.plan, workbench);
    this.#staging = this.#open();
  }

  /** Reads the app as it is now. */
  async read(signal: AbortSignal): Promise<WatchReading> {
    return await this.#reader.read(`cache ${this.#epoch}`, signal);
  }

  /** What has to be redone; `launch` is what the instances that serve were started with. */
  decide({ prepared, inputs, launch }: WatchReading, served: LaunchFingerprints | undefined): Redo {
    const trace = this.#staging.last;
    if (this.#spoilt !== undefined) return { kind: 'anew', reason: this.#spoilt };
    if (trace === undefined) return { kind: 'anew', reason: NOTHING_YET };
    const redo = decideRedo(
      { trace, launch: served ?? { routes: '', instances: '', settings: '' } },
      { plan: prepared.plan, inputs, launch },
    );
    if (!this.#resumed || redo.kind === 'redo' || redo.kind === 'anew') return redo;
    // There is no droplet yet: the last step is done again, and gives it.
    const last = Math.max(0, trace.steps.length - 1);
    return { kind: 'redo', from: last, reason: 'nothing changed since the last watch' };
  }

  /**
   * Goes on with what an earlier watch of the app has left, where that can be done, and tells which of both it is. Answers
   * what is to be staged.
   */
  async resume(reading: WatchReading, signal: AbortSignal): Promise<WatchReading> {
    const { app } = reading.prepared.plan;
    this.#app = app;
    const kept = await claimKept(app, this.#workbench);
    if (kept === undefined) return reading;
    const resumed = typeof kept === 'string' ? kept : await this.#goOn(kept, signal);
    if (typeof resumed !== 'string') return resumed;
    await disposeAll(this.#staging);
    this.#staging = this.#open();
    await this.#reader.begin({ fetchAgain: false });
    await dropKept(app, kept, this.#workbench);
    await tellUnused(resumed, this.#workbench);
    return await this.read(signal);
  }

  /** Answers what is to be staged, or why it cannot go on with it. */
  async #goOn(kept: KeptStaging, signal: AbortSignal): Promise<WatchReading | string> {
    const epoch = this.#epoch;
    this.#epoch = kept.epoch;
    await this.#reader.begin({ fetchAgain: false }, kept.identity);
    const reading = await this.read(signal);
    const { plan } = reading.prepared;
    const basis = { plan, inputs: reading.inputs };
    const unusable = await resumeKept(kept, this.#staging, basis, this.#request, signal);
    const redo = unusable === undefined ? this.decide(reading, undefined) : undefined;
    if (redo === undefined || redo.kind === 'anew') {
      this.#epoch = epoch;
      return unusable ?? redo?.reason ?? '';
    }
    this.#resumed = true;
    const { reason } = this.decide(reading, undefined);
    await this.#workbench.emit({ type: 'notice', message: `Goes on from the last watch: ${reason}` });
    return reading;
  }

  /** The same, but no later than the phase that failed. */
  decideRerun(reading: WatchReading, served: LaunchFingerprints | undefined): Redo {
    const redo = this.decide(reading, served);
    const step = this.#failedStep;
    if (step === undefined || this.failed === undefined || redo.kind === 'anew') return redo;
    if (redo.kind === 'redo' && redo.from < step) return redo;
    const { phase, buildpack } = this.failed;
    return { kind: 'redo', from: step, reason: `${phase} of ${buildpack} is run again` };
  }

  /**
   * The next staging is one from nothing; what is read from now on is for that. `forgets`: with the cache that the last
   * good staging left, and with stacks and buildpacks fetched again.
   */
  async beginAnew(reason: string, forgets: boolean): Promise<void> {
    this.#spoilt = reason;
    this.#identity ??= beginIdentity(this.#workbench.home);
    if (forgets) {
      this.#epoch += 1;
      this.#clearsCache = false;
      await this.#closeCaches();
      await disposeAll(this.#proxy);
    }
    await this.#reader.begin({ fetchAgain: forgets });
  }

  /** Stages from a step on. Raises what a push raises of a staging that failed. */
  async stage(
    reading: WatchReading,
    from: StepIndex | 'nothing',
    clock: RedoClock,
    { awaitServices, ready }: StagingSurroundings,
    signal: AbortSignal,
  ): Promise<WatchedDroplet> {
    const { prepared, inputs: fingerprints } = reading;
    const { plan, inputs } = prepared;
    const given = { ...inputs, fingerprints, issueCredentials: this.#issuer(reading), awaitServices };
    this.#clock = clock;
    this.#persisted.of = plan;
    this.#app = plan.app;
    await this.#proxy.require(plan, this.#workbench.cell, signal);
    const start = performance.now();
    const staged = await this.#stage(plan, given, await this.#cache(plan), from, signal, ready);
    const durationMs = Math.round(performance.now() - start);
    await this.#workbench.emit({ type: 'staged', app: plan.app, durationMs, result: staged.result ?? null });
    this.#spoilt = undefined;
    this.#resumed = false;
    this.#failedStep = undefined;
    this.failed = undefined;
    if (staged.failure === undefined) return staged;
    this.#noteFailure(staged);
    this.#error = stagingError(staged.failure, staged.outOfMemory);
    throw this.#error;
  }

  /** What the phases of the last staging did. Not while one is at work. */
  async changes(signal: AbortSignal): Promise<StagingChanges> {
    const phases = await this.#staging.shownPhases(signal);
    const droplet = this.#staging.dropletChanges;
    return { phases, ...(droplet === undefined ? {} : { droplet }) };
  }

  /** The place where the staging failed that this error is of. */
  failedBy(error: unknown): FailedStagingPlace | undefined {
    return error === this.#error ? this.failed : undefined;
  }

  get container(): Container | undefined {
    return this.#staging.container;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const container = this.#staging.container;
    const isGood = this.#spoilt === undefined && this.#app !== undefined;
    const made = { app: this.#app ?? '', identity: this.#reader.identity, epoch: this.#epoch };
    const isLeft = isGood && (await leaveKept(made, this.#staging, this.#request, this.#workbench));
    await disposeAll(this.#reader, this.#staging, this.#proxy);
    // What was gone on with is gone.
    if (!isLeft && container !== undefined && this.#app !== undefined)
      await forgetKept(this.#app, this.#workbench.home, container.id);
    await this.#closeCaches();
  }

  #open(): RewindableStaging {
    const { cell, emit } = this.#workbench;
    return new RewindableStaging(
      cell,
      (event) => {
        this.#clock?.note(event);
        this.#proxy.hear(event);
        return emit(event);
      },
      { ...this.#persisted.options, kept: this.#request.keepSnapshots },
    );
  }

  async #stage(...given: Parameters<RewindableStaging['stage']>): Promise<WatchedDroplet | WatchedFailure> {
    try {
      return await this.#staging.stage(...given);
    } catch (error) {
      if (error instanceof CfstageError && error.code === 'CONTAINER_GONE') {
        // Somebody has removed the container: there is nothing to go back to.
        await disposeAll(this.#staging).catch(() => undefined);
        this.#staging = this.#open();
        await this.beginAnew('the staging container has gone: from nothing', false);
      }
      throw error;
    }
  }

  #noteFailure({ failedPhase }: WatchedFailure): void {
    const { container } = this.#staging;
    if (failedPhase === undefined || container === undefined) return;
    this.#failedStep = failedPhase.step;
    this.failed = { ...failedPhase, container: { id: container.id, name: container.name } };
  }

  /** Each container gets a key of its own. */
  #issuer({ prepared: { plan, facts } }: WatchReading): IssueCredentials {
    return async (address) => {
      const identity = this.#identity ?? beginIdentity(this.#workbench.home);
      this.#identity = undefined;
      return await issuerFor(identity, plan.buildGuid, facts)(address);
    };
  }

  async #cache({ app, stack }: StagingPlan): Promise<HeldFile | undefined> {
    if (this.#clearsCache) return undefined;
    const { home } = this.#workbench;
    const known = this.#caches.get(stack) ?? holdFile(appFiles(home, app).cache(stack));
    this.#caches.set(stack, known);
    return await known;
  }

  async #closeCaches(): Promise<void> {
    const held = await Promise.all([...this.#caches.values()].map((cache) => cache.catch(() => undefined)));
    this.#caches.clear();
    await disposeAll(...held.filter((cache) => cache !== undefined));
  }
}
