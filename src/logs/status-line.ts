import type { Writable } from 'node:stream';

const REPAINT_MS = 100;

/** One line at the bottom of a terminal that says what takes long. Elsewhere it does nothing. */
export class StatusLine {
  readonly #stream: Writable & { readonly isTTY?: boolean };
  #shown = false;
  #paintedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: Writable & { readonly isTTY?: boolean }) {
    this.#stream = stream;
  }

  show(text: string): void {
    const now = performance.now();
    if (this.#stream.isTTY !== true || now - this.#paintedAt < REPAINT_MS) return;
    this.#paintedAt = now;
    this.#paint(text);
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
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (!this.#shown) return;
    this.#shown = false;
    this.#stream.write('\r\x1b[K');
  }

  #paint(text: string): void {
    this.#shown = true;
    this.#stream.write(`\r\x1b[K${text}`);
  }
}
