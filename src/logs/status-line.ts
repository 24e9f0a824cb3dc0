import type { Writable } from 'node:stream';
import { fitText, oneLine } from './fit-text.ts';

const REPAINT_MS = 100;
const COLUMNS = 80;

type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** One line at the bottom of a terminal that says what takes long. Elsewhere it does nothing. */
export class StatusLine {
  readonly #stream: Output;
  #shown = false;
  #paintedAt = -REPAINT_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: Output) {
    this.#stream = stream;
  }

  /** Cells that a text may have to be shown as it is: the last one of a row would make some terminals begin another. */
  get columns(): number {
    // A terminal that has not been told its size has none.
    return (this.#stream.columns || COLUMNS) - 1;
  }

  /** Shows a text, not more often than can be read; the newest is shown in any case. */
  show(text: string): void {
    if (this.#stream.isTTY !== true) return;
    clearTimeout(this.#timer);
    const wait = this.#paintedAt + REPAINT_MS - performance.now();
    if (wait <= 0) this.#paint(text);
    else this.#timer = setTimeout(() => this.#paint(text), wait).unref();
  }

  /** Shows the text with the seconds since now, until something else is written. */
  showTimer(text: string): void {
    this.clear();
    if (this.#stream.isTTY !== true) return;
    const start = performance.now();
    this.#timer = setInterval(
      () => this.#paint(`${text} ${Math.round((performance.now() - start) / 1000)}s`),
      1000,
    );
    this.#timer.unref();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#shown) return;
    this.#shown = false;
    this.#stream.write('\r\x1b[K');
  }

  #paint(text: string): void {
    this.#shown = true;
    this.#paintedAt = performance.now();
    this.#stream.write(`\r\x1b[K${fitText(oneLine(text), this.columns)}`);
  }
}
