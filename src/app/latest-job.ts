import { CfstageError } from '../errors.ts';

/** Does one thing at a time; what comes later ends what is at work. */
export class LatestJob {
  #current: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined;

  /** Resolves with what the work does, or with 'superseded' when something newer has ended it or taken its turn. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T | 'superseded'> {
    const before = this.#current;
    const abort = new AbortController();
    const newer = () => abort.signal.aborted;
    const turn = (async () => {
      before?.abort.abort(new CfstageError('INTERRUPTED', 'A newer change came'));
      await before?.done;
      if (newer()) return 'superseded' as const;
      try {
        return await work(AbortSignal.any([signal, abort.signal]));
      } catch (error) {
        if (newer() && !signal.aborted) return 'superseded' as const;
        throw error;
      }
    })();
    this.#current = { abort, done: turn.catch(() => undefined) };
    return await turn;
  }

  /** Resolves when nothing is at work. */
  async idle(): Promise<void> {
    for (let current = this.#current; current !== undefined;) {
      await current.done;
      if (current === this.#current) return;
      current = this.#current;
    }
  }

  /** Ends what is at work; resolves when it has. */
  async end(reason: CfstageError): Promise<void> {
    this.#current?.abort.abort(reason);
    await this.#current?.done;
  }
}
