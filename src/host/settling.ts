import { setTimeout as delay } from 'node:timers/promises';
import { interruption, orInterrupted } from '../errors.ts';

/**
 * How long it has to be quiet at least until a burst of events counts as over. Measured on two cores with a load of 14:
 * between the events of one save, at most 14 of them, vim pauses up to 20 ms, emacs 4 ms, a temporary file and two renames
 * 14 ms. Within a `git checkout` of 5000 files, a `cp -r`, an `rm -rf` or an `rsync` of 4000 files it is up to 56 ms.
 */
export const SAVE_QUIET_MS = 30;
export const BURST_QUIET_MS = 100;
/** On a busier machine pauses are longer, and those seen so far tell how much. */
const TIMES_LONGEST_PAUSE = 2;
const LONGEST_QUIET_MS = 500;
/** More than an editor makes at a save. */
const SAVE_EVENTS = 32;
/** Whoever writes without a pause is not waited for any longer. */
const LONGEST_BURST_MS = 5_000;

export interface Burst {
  /** Time of the first event, on the clock of `performance.now()`. */
  readonly firstAt: number;
  readonly events: number;
}

/** Tells when a burst of events is over. */
export class Settling {
  #firstAt = 0;
  #lastAt = 0;
  #longestPause = 0;
  #events = 0;
  #wake: () => void = () => undefined;

  note(): void {
    const now = performance.now();
    if (this.#events === 0) this.#firstAt = now;
    else this.#longestPause = Math.max(this.#longestPause, now - this.#lastAt);
    this.#lastAt = now;
    this.#events += 1;
    this.#wake();
  }

  /** Resolves when a burst has begun; at once, if one has. */
  async begun(signal: AbortSignal): Promise<void> {
    if (this.#events > 0) return;
    await orInterrupted(new Promise<void>((resolve) => (this.#wake = resolve)), signal);
  }

  /** Resolves when the burst that has begun is over. What comes after that belongs to the next one. */
  async over(signal: AbortSignal): Promise<Burst> {
    for (;;) {
      const end = Math.min(this.#lastAt + this.#quiet(), this.#firstAt + LONGEST_BURST_MS);
      const left = end - performance.now();
      if (left <= 0) break;
      await delay(left, undefined, { signal }).catch(() => {
        throw interruption(signal);
      });
    }
    const burst = { firstAt: this.#firstAt, events: this.#events };
    this.#events = 0;
    this.#longestPause = 0;
    return burst;
  }

  #quiet(): number {
    const least = this.#events > SAVE_EVENTS ? BURST_QUIET_MS : SAVE_QUIET_MS;
    return Math.max(least, Math.min(TIMES_LONGEST_PAUSE * this.#longestPause, LONGEST_QUIET_MS));
  }
}
