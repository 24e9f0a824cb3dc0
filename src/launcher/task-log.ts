import { cellSource } from '../lifecycle/log-sources.ts';
import type { Emit, OutputStream } from '../logs/event.ts';
import type { TaskPlan } from '../plan/task-plan.ts';

/** What a cell says around the life of a task; of its droplet nothing. Source: executor depot/containerstore/storenode.go. */
export class TaskLog {
  readonly #emit: Emit;
  readonly #plan: TaskPlan;
  readonly #cell: string;
  #saysStopping = true;

  constructor(emit: Emit, plan: TaskPlan, cell: string) {
    this.#emit = emit;
    this.#plan = plan;
    this.#cell = cell;
  }

  creating(): void {
    this.#cellSays('OUT', `Cell ${this.#cell} creating container for instance ${this.#plan.taskGuid}`);
  }

  created(): void {
    this.#cellSays(
      'OUT',
      `Cell ${this.#cell} successfully created container for instance ${this.#plan.taskGuid}`,
    );
  }

  notCreated(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#cellSays(
      'ERR',
      `Cell ${this.#cell} failed to create container for instance ${this.#plan.taskGuid}: ${why}`,
    );
  }

  diskExceeded(): void {
    this.#cellSays('ERR', `Disk quota exceeded: more than ${this.#plan.container.diskMb}M written`);
  }

  exited(exitStatus: string): void {
    this.#line(this.#plan.process.source, 'OUT', exitStatus);
  }

  /** A task that ends by itself is stopped as well, when its container goes; it is said once. */
  stopping(): void {
    if (!this.#saysStopping) return;
    this.#saysStopping = false;
    this.#cellSays('OUT', `Cell ${this.#cell} stopping instance ${this.#plan.taskGuid}`);
  }

  destroying(): void {
    this.stopping();
    this.#cellSays('OUT', `Cell ${this.#cell} destroying container for instance ${this.#plan.taskGuid}`);
  }

  destroyed(): void {
    this.#cellSays(
      'OUT',
      `Cell ${this.#cell} successfully destroyed container for instance ${this.#plan.taskGuid}`,
    );
  }

  #cellSays(stream: OutputStream, message: string): void {
    this.#line(cellSource(0), stream, message);
  }

  #line(source: string, stream: OutputStream, message: string): void {
    void this.#emit({ type: 'log', app: this.#plan.app, source, stream, message });
  }
}
