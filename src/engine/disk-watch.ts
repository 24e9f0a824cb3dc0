import type { Container } from './engine.ts';

const INTERVAL_MS = 2_000;

/**
 * Watches what a container writes where the storage driver sets no limit. Counting takes the engine time that grows
 * with the number of files, so the next count begins an interval, and ten times the last count's time, after it.
 */
export class DiskWatch implements Disposable {
  readonly #container: Container;
  readonly #limitBytes: number;
  readonly #onExceeded: (writtenBytes: number) => void;
  readonly #uncountedBytes: () => number;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param uncountedBytes what of it does not count. */
  constructor(
    container: Container,
    limitMb: number,
    onExceeded: (writtenBytes: number) => void,
    uncountedBytes: () => number = () => 0,
  ) {
    this.#container = container;
    this.#limitBytes = limitMb * 1024 * 1024;
    this.#onExceeded = onExceeded;
    this.#uncountedBytes = uncountedBytes;
    if (!container.limitsDisk) this.#schedule(INTERVAL_MS);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#count(), delayMs);
    this.#timer.unref();
  }

  async #count(): Promise<void> {
    const start = performance.now();
    // A container that cannot be counted is gone or about to be: its owner notices by itself.
    const written = (await this.#container.writtenBytes().catch(() => 0)) - this.#uncountedBytes();
    if (this.#closed) return;
    if (written > this.#limitBytes) this.#onExceeded(written);
    else this.#schedule(INTERVAL_MS + 10 * (performance.now() - start));
  }
}
