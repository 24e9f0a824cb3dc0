import type { Sink } from './emitter.ts';
import type { Event } from './event.ts';

/** The newest events that are kept. */
const MOST_EVENTS = 1_000;

/** Keeps what would be shown while something else has the terminal. */
export class HeldSink implements Sink {
  readonly sink: Sink;
  #held: Event[] | undefined;
  #dropped = 0;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  write(event: Event): Promise<void> | undefined {
    if (this.#held === undefined) return this.sink.write(event);
    if (event.type === 'progress') return undefined;
    if (this.#held.push(event) > MOST_EVENTS) {
      this.#held.shift();
      this.#dropped += 1;
    }
    return undefined;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#held ??= [];
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** Shows what has come meanwhile. */
  #release(): void {
    const held = this.#held ?? [];
    const dropped = this.#dropped;
    this.#held = undefined;
    this.#dropped = 0;
    if (dropped > 0) {
      const message = `(${dropped} lines were not shown; \`cfstage logs APP --recent\` has them)`;
      void this.sink.write({ type: 'notice', time: Date.now(), message });
    }
    for (const event of held) void this.sink.write(event);
  }

  async close(): Promise<void> {
    this.#release();
    await this.sink.close?.();
  }
}
