import type { KeptLog, LogLine } from './test-run.ts';

const HEAD_LINES = 1000;
const TAIL_LINES = 2000;
/** Of one line; the rest of a longer one is left out. */
const MAX_LINE = 4000;

/** Keeps the beginning and the end of a log, however much there is of it. */
export class CappedLog {
  readonly #head: LogLine[] = [];
  #tail: LogLine[] = [];
  #leftOut = 0;

  add(line: LogLine): void {
    const { message } = line;
    const kept =
      message.length <= MAX_LINE ? line : { ...line, message: `${message.slice(0, MAX_LINE)} […]` };
    if (this.#head.length < HEAD_LINES) {
      this.#head.push(kept);
      return;
    }
    this.#tail.push(kept);
    // Cut now and then, not with every line.
    if (this.#tail.length >= 2 * TAIL_LINES) this.#cut();
  }

  get kept(): KeptLog {
    this.#cut();
    return {
      lines: [...this.#head, ...this.#tail],
      leftOut: this.#leftOut,
      leftOutAfter: this.#head.length,
    };
  }

  #cut(): void {
    const excess = Math.max(0, this.#tail.length - TAIL_LINES);
    this.#leftOut += excess;
    this.#tail = this.#tail.slice(excess);
  }
}

/** The end of a log that was kept before. */
export function lastLines({ lines, leftOut }: KeptLog, count: number): KeptLog {
  const excess = Math.max(0, lines.length - count);
  return { lines: lines.slice(excess), leftOut: leftOut + excess, leftOutAfter: 0 };
}
