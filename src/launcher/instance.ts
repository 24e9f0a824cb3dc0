import { setTimeout as delay } from 'node:timers/promises';
import { DiskWatch } from '../engine/disk-watch.ts';
import type { Container } from '../engine/engine.ts';
import { CfstageError } from '../errors.ts';
import { ranOutOfMemory } from '../engine/out-of-memory.ts';
import { STOP_MARKER } from '../lifecycle/init-script.ts';
import { cellSource } from '../lifecycle/log-sources.ts';
import type { Emit } from '../logs/event.ts';
import type { LaunchPlan } from '../plan/launch-plan.ts';
import type { AppLog } from './app-log.ts';
import type { AppProcess } from './app-process.ts';
import { monitorHealth } from './health-monitor.ts';
import { crashReason, exitStatusLine, wasEndedByKill, wasKilled, type ProcessExit } from './exit-status.ts';
import type { InstanceCrash, InstanceEnd } from './instance-end.ts';

const OOM_QUESTION_MS = 5_000;
/** The engine tells of an exit within a few round trips. */
const EXIT_NOTICE_MS = 500;

const LOST = 'The container was stopped or removed from outside cfstage';

/** A container that was removed takes its processes along: nothing is left to ask. */
function ifGone(error: unknown): undefined {
  if (error instanceof CfstageError && error.code === 'CONTAINER_GONE') return undefined;
  throw error;
}

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
    const first = await this.#firstExit.catch(ifGone);
    const lost = this.#stopRequested || this.#verdict !== undefined ? false : await this.#isLost(first);
    this.#stopOnce();
    await Promise.all([...exits.map((exit) => exit.catch(ifGone)), this.#stopping]);
    this.#log.destroying();
    await this.container.remove();
    this.#log.destroyed();
    if (this.#stopRequested && this.#verdict === undefined) return { kind: 'stopped' };
    return { kind: 'crashed', ...this.#crash(first, lost) };
  }

  #crash(first: ProcessExit | undefined, lost: boolean): InstanceCrash {
    const cell = cellSource(this.plan.index);
    if (this.#verdict !== undefined) return { reason: this.#verdict, source: cell };
    if (lost || first === undefined) return { reason: LOST, source: cell };
    return { reason: crashReason(first), source: first.source, exitCode: first.exitCode };
  }

  /** Begins liveness and readiness checks, once the instance has started. */
  monitor(address: string): void {
    const listener = {
      onReadiness: (ready: boolean) => this.#setReady(ready),
      onUnhealthy: (detail: string) => void this.#unhealthy(detail).catch(() => undefined),
    };
    monitorHealth(this.plan, this.container, address, this.#log, listener, this.#checks.signal);
  }

  /** Whether requests should be routed to it now. */
  get ready(): boolean {
    return this.#ready;
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

  /** Whether somebody stopped or removed the container, which takes the processes with it: init does not end by itself. */
  async #isLost(first: ProcessExit | undefined): Promise<boolean> {
    if (first === undefined) return true;
    if (await this.container.exists(STOP_MARKER).catch(ifGone)) return true;
    // A container that is killed takes its processes along a moment before the engine says that it has ended.
    if (wasEndedByKill(first)) {
      await this.container.exited(AbortSignal.timeout(EXIT_NOTICE_MS)).catch(() => undefined);
    }
    const state = await this.container.inspect().catch(ifGone);
    return state?.running !== true;
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
