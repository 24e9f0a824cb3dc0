import { setTimeout as delay } from 'node:timers/promises';
import { DiskWatch } from '../engine/disk-watch.ts';
import type { Container } from '../engine/engine.ts';
import { ranOutOfMemory } from '../engine/out-of-memory.ts';
import { STOP_MARKER } from '../lifecycle/init-script.ts';
import type { Emit } from '../logs/event.ts';
import type { LaunchPlan } from '../plan/launch-plan.ts';
import type { AppLog } from './app-log.ts';
import type { AppProcess } from './app-process.ts';
import { monitorHealth } from './health-monitor.ts';
import { crashReason, exitStatusLine, wasKilled, type ProcessExit } from './exit-status.ts';

const OOM_QUESTION_MS = 5_000;
/** The engine tells of an exit within a few round trips. */
const EXIT_NOTICE_MS = 500;

/** How an instance ended: somebody asked for it, or a process ended by itself, which is a crash whatever its status. */
export type InstanceEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'crashed'; readonly reason: string; readonly first: ProcessExit };

/**
 * The codependent processes of one running instance: when one ends, the others are ended, and the container with them.
 * Source: executor depot/steps/codependent_step.go.
 */
export class Instance {
  readonly plan: LaunchPlan;
  readonly container: Container;
  readonly ended: Promise<InstanceEnd>;
  readonly #log: AppLog;
  readonly #emit: Emit;
  #stopping: Promise<void> | undefined;
  #stoppingSince = 0;
  #stopRequested = false;
  #firstExit: Promise<ProcessExit> | undefined;
  #isEnding = false;
  readonly #checks = new AbortController();
  readonly #readinessListeners: ((ready: boolean) => void)[] = [];
  #ready = false;
  /** Why the instance must end although none of its processes has. */
  #verdict: string | undefined;

  constructor(
    plan: LaunchPlan,
    container: Container,
    processes: readonly AppProcess[],
    log: AppLog,
    emit: Emit,
  ) {
    this.plan = plan;
    this.container = container;
    this.#log = log;
    this.#emit = emit;
    this.ended = this.#watch(processes);
    this.ended.catch(() => undefined);
  }

  /** SIGTERM to every process, SIGKILL after the grace period; settles when the instance and its container are gone. */
  async stop(): Promise<void> {
    this.#stopRequested = true;
    this.#stopOnce();
    await this.ended;
  }

  async #watch(processes: readonly AppProcess[]): Promise<InstanceEnd> {
    using _disk = new DiskWatch(this.container, this.plan.container.diskMb, () => this.#overflow());
    const exits = processes.map((process) => this.#exit(process));
    this.#firstExit = Promise.race(exits).finally(() => {
      this.#isEnding = true;
      this.#checks.abort();
    });
    const first = await this.#firstExit;
    // Someone else may have stopped the container; its init then left the mark before it signalled anyone.
    const stopped = this.#stopRequested || (await this.#stoppedFromOutside());
    this.#stopOnce();
    await Promise.all([...exits, this.#stopping]);
    this.#log.destroying();
    await this.container.remove();
    this.#log.destroyed();
    if (this.#verdict !== undefined) return { kind: 'crashed', reason: this.#verdict, first };
    return stopped ? { kind: 'stopped' } : { kind: 'crashed', reason: crashReason(first), first };
  }

  /** Begins liveness and readiness checks, once the instance has started. */
  monitor(address: string): void {
    const listener = {
      onReadiness: (ready: boolean) => this.#setReady(ready),
      onUnhealthy: (detail: string) => void this.#unhealthy(detail).catch(() => undefined),
    };
    monitorHealth(this.plan, this.container, address, this.#log, listener, this.#checks.signal);
  }

  /** Tells now, and at every change, whether requests should be routed to the instance. */
  onReadiness(listener: (ready: boolean) => void): void {
    this.#readinessListeners.push(listener);
    listener(this.#ready);
  }

  #setReady(ready: boolean): void {
    this.#ready = ready;
    for (const listener of this.#readinessListeners) listener(ready);
  }

  /** A process that has just ended fails the check as well; then its end is what there is to tell. */
  async #unhealthy(detail: string): Promise<void> {
    await Promise.race([this.#firstExit, delay(EXIT_NOTICE_MS, undefined, { ref: false })]);
    if (this.#isEnding) return;
    this.#verdict = `Instance became unhealthy: Liveness check unsuccessful: ${detail}`;
    this.#log.unhealthy(detail);
    this.#stopOnce();
  }

  /** On a cell the write itself fails; here the engine cannot make it, so the instance ends. */
  #overflow(): void {
    this.#verdict = `Disk quota exceeded: more than ${this.plan.container.diskMb}M written`;
    this.#log.diskExceeded(this.plan.container.diskMb);
    this.#stopOnce();
  }

  async #exit({ step, exited }: AppProcess): Promise<ProcessExit> {
    const exitCode = await exited;
    const exit = {
      source: step.source,
      exitCode,
      exceededGrace: this.#stopping !== undefined && this.#wasKilled(exitCode),
      outOfMemory:
        exitCode !== 0 &&
        this.#stopping === undefined &&
        (await ranOutOfMemory(this.container, AbortSignal.timeout(OOM_QUESTION_MS))),
    };
    this.#log.line(step.source, 'OUT', exitStatusLine(exit, this.plan.stopGraceSeconds));
    await this.#emit({ type: 'process-exited', app: this.plan.app, source: step.source, exitCode });
    return exit;
  }

  #wasKilled(exitCode: number): boolean {
    return wasKilled(exitCode, performance.now() - this.#stoppingSince, this.plan.stopGraceSeconds);
  }

  async #stoppedFromOutside(): Promise<boolean> {
    try {
      if (await this.container.exists(STOP_MARKER)) return true;
      // On its way to being removed the container has no files any more; init ends with 0 only when it was told to.
      const { running, exitCode } = await this.container.inspect();
      return !running && exitCode === 0;
    } catch {
      // A container that is gone was removed by someone; nothing in it can have crashed.
      return true;
    }
  }

  #stopOnce(): void {
    if (this.#stopping !== undefined) return;
    this.#stoppingSince = performance.now();
    this.#isEnding = true;
    this.#checks.abort();
    this.#setReady(false);
    this.#log.stopping();
    this.#stopping = this.container.stop(this.plan.stopGraceSeconds);
    this.#stopping.catch(() => undefined);
  }
}
