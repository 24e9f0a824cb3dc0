import { CfstageError, orInterrupted } from '../errors.ts';
import type { SlotEnd } from '../launcher/supervised-instance.ts';
import type { TrafficRecord } from '../lifecycle/traffic-record.ts';
import type { StagingChanges } from '../logs/render-staging-changes.ts';
import type { AppStatus } from './app-status.ts';
import { firstWeb } from './describe-app.ts';
import { LatestJob } from './latest-job.ts';
import type { PreparedStaging } from './prepare-staging.ts';
import { pushLines } from './push-lines.ts';
import { Redeployer, type Task } from './redeployer.ts';
import { RedoClock } from './redo-clock.ts';
import type { Change, FailedStagingPlace, RedoOutcome } from './redo-outcome.ts';
import type { StagingView } from './staging-view.ts';
import { readApp } from './read-app.ts';
import { recordTraffic } from './record-traffic.ts';
import { requireSameApp } from './require-same-app.ts';
import { sweep } from './sweep.ts';
import { disposeAll, together } from './together.ts';
import { TrafficLedger } from './traffic-ledger.ts';
import type { WatchReading } from './watch-reader.ts';
import type { WatchedRoot, WatchRequest } from './watch-request.ts';
import type { WatchSession } from './watch-session.ts';
import { WatchedApp } from './watched-app.ts';
import { watchedRoots } from './watched-roots.ts';
import { WatchedStaging } from './watched-staging.ts';
import type { Workbench } from './workbench.ts';

/** Faults after which nothing can be redone. All others are told, and the next change is another chance. */
const FATAL = new Set(['ENGINE_LOST', 'DOCKER_UNREACHABLE', 'INTERRUPTED', 'INTERNAL']);

/** The session of a watched app: one thing at a time, and what came of it. */
export class RunningWatch implements WatchSession {
  readonly app: string;
  readonly ended: Promise<SlotEnd>;
  readonly #request: WatchRequest;
  readonly #workbench: Workbench;
  readonly #ledger: TrafficLedger;
  readonly #first: PreparedStaging;
  readonly #staging: WatchedStaging;
  readonly #app: WatchedApp;
  readonly #redeployer: Redeployer;
  readonly #jobs = new LatestJob();
  #watched: readonly WatchedRoot[];
  #last: RedoOutcome = { kind: 'superseded' };

  static async open(request: WatchRequest, bench: Workbench, signal: AbortSignal): Promise<RunningWatch> {
    const seenAt = performance.now();
    const { name } = (await readApp(request)).app;
    const ledger = new TrafficLedger(name, bench.emit);
    const workbench = recordTraffic(request, ledger, bench);
    const staging = new WatchedStaging(request, ledger, workbench);
    try {
      const first = await staging.read(signal);
      await sweep(workbench, { app: name });
      const reading = await staging.resume(first, signal);
      const watched = await watchedRoots(request, workbench);
      const app = await WatchedApp.open(reading.settings, request, workbench);
      const session = new RunningWatch(request, workbench, ledger, staging, app, reading, watched);
      try {
        await session.#open(reading, seenAt, AbortSignal.any([signal, app.signal]));
        return session;
      } catch (error) {
        await disposeAll(session);
        throw error;
      }
    } catch (error) {
      await disposeAll(staging);
      throw error;
    }
  }

  private constructor(
    request: WatchRequest,
    workbench: Workbench,
    ledger: TrafficLedger,
    staging: WatchedStaging,
    app: WatchedApp,
    reading: WatchReading,
    watched: readonly WatchedRoot[],
  ) {
    this.app = reading.prepared.app.name;
    this.#first = reading.prepared;
    this.ended = app.ended;
    this.#request = request;
    this.#workbench = workbench;
    this.#ledger = ledger;
    this.#staging = staging;
    this.#app = app;
    this.#watched = watched;
    this.#redeployer = new Redeployer(request, staging, app, reading, workbench);
    app.serveStaging((withChanges, signal) => this.#view(withChanges, signal));
    app.releaseFirst({ [Symbol.asyncDispose]: () => this.#release() });
  }

  get url(): string {
    return firstWeb(this.status())?.url ?? '';
  }

  get watched(): readonly WatchedRoot[] {
    return this.#watched;
  }

  get failed(): FailedStagingPlace | undefined {
    return this.#staging.failed;
  }

  get last(): RedoOutcome {
    return this.#last;
  }

  status(): AppStatus {
    return this.#app.status();
  }

  traffic(): readonly TrafficRecord[] {
    return this.#ledger.records();
  }

  async changes(signal: AbortSignal): Promise<StagingChanges> {
    await orInterrupted(this.#jobs.idle(), signal);
    return await this.#staging.changes(signal);
  }

  async apply({ seenAt = performance.now() }: Change, signal: AbortSignal): Promise<RedoOutcome> {
    return await this.#take('change', seenAt, signal);
  }

  async restage(signal: AbortSignal): Promise<RedoOutcome> {
    return await this.#take('restage', performance.now(), signal);
  }

  async rerunFailed(signal: AbortSignal): Promise<RedoOutcome> {
    return await this.#take('rerun', performance.now(), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await disposeAll(this.#app);
  }

  async #open({ prepared }: WatchReading, seenAt: number, signal: AbortSignal): Promise<void> {
    for (const message of pushLines(this.app, prepared.manifestPath))
      await this.#workbench.emit({ type: 'notice', message });
    await this.#app.openServices(signal);
    await together(
      signal,
      () => this.#app.openRoutes(),
      (abort) => this.#take('first', seenAt, abort),
    );
  }

  async #view(withChanges: boolean, signal: AbortSignal): Promise<StagingView> {
    const { failed } = this;
    const changes = withChanges ? await this.changes(signal) : {};
    return { ...(failed === undefined ? {} : { failed }), ...changes };
  }

  async #take(task: Task, seenAt: number, signal: AbortSignal): Promise<RedoOutcome> {
    const outcome = await this.#jobs.run((abort) => this.#do(task, new RedoClock(seenAt), abort), signal);
    if (outcome === 'superseded') return { kind: 'superseded' };
    this.#last = outcome;
    return outcome;
  }

  async #do(task: Task, clock: RedoClock, signal: AbortSignal): Promise<RedoOutcome> {
    try {
      if (task !== 'first') this.#ledger.beginAnew();
      if (task !== 'first') await this.#lookAround();
      return await this.#redeployer.redo(task, clock, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof CfstageError) || FATAL.has(error.code)) throw error;
      const failed = this.#staging.failedBy(error);
      await this.#tellFailure(error, failed);
      return { kind: 'failed', error, failed };
    }
  }

  /** What is watched is that of the same app, or still what it was. */
  async #lookAround(): Promise<void> {
    requireSameApp(this.#first, await readApp(this.#request));
    this.#watched = await watchedRoots(this.#request, this.#workbench);
  }

  async #tellFailure(
    { code, message, hint }: CfstageError,
    failed: FailedStagingPlace | undefined,
  ): Promise<void> {
    const phase =
      failed === undefined
        ? null
        : { phase: failed.phase, buildpack: failed.buildpack, argv: failed.argv, exitCode: failed.exitCode };
    const { serving } = this.#app;
    await this.#workbench.emit({
      type: 'redo-failed',
      app: this.app,
      code,
      message,
      hint: hint ?? null,
      phase,
      serving,
    });
  }

  async #release(): Promise<void> {
    await this.#jobs.end(new CfstageError('INTERRUPTED', 'The watch has ended'));
    await disposeAll(this.#redeployer);
    await disposeAll(this.#staging);
  }
}
