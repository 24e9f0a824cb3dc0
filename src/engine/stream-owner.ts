import { setMaxListeners } from 'node:events';
import type { Readable } from 'node:stream';

/**
 * The connections to one container and its processes, open or still being opened. An engine that is asked to start a process
 * while it ends the container may leave the request unanswered for minutes, and with it our process waiting: they all
 * end with the container.
 */
export class StreamOwner {
  readonly #open = new Set<Readable>();
  readonly #released = new AbortController();

  constructor() {
    setMaxListeners(0, this.#released.signal);
  }

  /** For requests that open a connection; fires when the container is gone. */
  get signal(): AbortSignal {
    return this.#released.signal;
  }

  own(stream: Readable): void {
    this.#open.add(stream);
    stream.once('close', () => this.#open.delete(stream));
    if (this.signal.aborted) stream.destroy(this.signal.reason as Error);
  }

  /** Ends what is still open, once the container is gone. */
  release(reason: Error): void {
    this.#released.abort(reason);
    for (const stream of this.#open) stream.destroy(reason);
  }
}
