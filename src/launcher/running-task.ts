import { DiskWatch } from '../engine/disk-watch.ts';
import type { Container } from '../engine/engine.ts';
import { ranOutOfMemory } from '../engine/out-of-memory.ts';
import { interruption } from '../errors.ts';
import type { Emit } from '../logs/event.ts';
import type { TaskPlan } from '../plan/task-plan.ts';
import type { AppProcess } from './app-process.ts';
import { exitStatusLine, failureReason, wasKilled } from './exit-status.ts';
import { stoppedFromOutside } from './stopped-from-outside.ts';
import type { TaskLog } from './task-log.ts';

const OOM_QUESTION_MS = 5_000;

/** Source: bbs db/sqldb/task_db.go. */
const CANCELLED = 'task was cancelled';

/** How a task ended by itself, or by another terminal that cancelled it. */
export interface TaskEnd {
  readonly name: string;
  /** 128+n when signal n ended it. */
  readonly exitCode: number;
  /** In Diego's words, e.g. `APP/TASK/migrate: Exited with status 3`; absent when the task succeeded. */
  readonly failureReason?: string;
}

/** The one process of a task, in the container that was made for it. Source: executor depot/steps/run_step.go. */
export class RunningTask {
  readonly #plan: TaskPlan;
  readonly #container: Container;
  readonly #log: TaskLog;
  readonly #emit: Emit;
  #stopping: Promise<void> | undefined;
  #stoppingSince = 0;
  /** Why it must end although its process has not. */
  #verdict: string | undefined;

  constructor(plan: TaskPlan, container: Container, log: TaskLog, emit: Emit) {
    this.#plan = plan;
    this.#container = container;
    this.#log = log;
    this.#emit = emit;
  }

  /**
   * Settles when the process has ended. When the signal fires it gets SIGTERM, and SIGKILL after the grace period; then
   * this rejects with the interruption.
   */
  async watch(process: AppProcess, signal: AbortSignal): Promise<TaskEnd> {
    const { app, name, stopGraceSeconds } = this.#plan;
    const { source } = process.step;
    const exitCode = await this.#exitOf(process, signal);
    const stopped = this.#stopping !== undefined;
    const exit = {
      source,
      exitCode,
      exceededGrace: stopped && this.#wasKilled(exitCode),
      outOfMemory: exitCode !== 0 && !stopped && (await this.#ranOutOfMemory()),
    };
    const cancelled = !stopped && (await stoppedFromOutside(this.#container));
    this.#log.exited(exitStatusLine(exit, stopGraceSeconds));
    await this.#emit({ type: 'process-exited', app, source, exitCode });
    await this.#stopping;
    if (stopped && signal.aborted) throw interruption(signal);
    if (this.#verdict !== undefined) return { name, exitCode, failureReason: this.#verdict };
    if (cancelled) return { name, exitCode, failureReason: CANCELLED };
    return exitCode === 0 ? { name, exitCode } : { name, exitCode, failureReason: failureReason(exit) };
  }

  async #exitOf({ exited }: AppProcess, signal: AbortSignal): Promise<number> {
    using _disk = new DiskWatch(this.#container, this.#plan.container.diskMb, () => this.#overflow());
    const interrupt = () => this.#stop();
    if (signal.aborted) interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await exited;
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  #stop(): void {
    if (this.#stopping !== undefined) return;
    this.#stoppingSince = performance.now();
    this.#log.stopping();
    this.#stopping = this.#container.stop(this.#plan.stopGraceSeconds);
    this.#stopping.catch(() => undefined);
  }

  /** On a cell the write itself fails; here the engine cannot make it, so the task ends. */
  #overflow(): void {
    this.#verdict = `Disk quota exceeded: more than ${this.#plan.container.diskMb}M written`;
    this.#log.diskExceeded();
    this.#stop();
  }

  #wasKilled(exitCode: number): boolean {
    return wasKilled(exitCode, performance.now() - this.#stoppingSince, this.#plan.stopGraceSeconds);
  }

  async #ranOutOfMemory(): Promise<boolean> {
    return await ranOutOfMemory(this.#container, AbortSignal.timeout(OOM_QUESTION_MS));
  }
}
