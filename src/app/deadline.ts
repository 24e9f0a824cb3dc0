import type { CfstageError } from '../errors.ts';

/** A signal that fires with this error when the time is over, unless it is disposed of before. */
export class Deadline implements Disposable {
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(seconds: number, error: CfstageError) {
    this.#timer = setTimeout(() => this.#over.abort(error), seconds * 1000);
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
