import type { Duplex } from 'node:stream';

/**
 * The open connections to processes of one container. An engine that is asked to start a process while it ends the
 * container may leave the connection open for minutes, and with it our process: they end with the container.
 */
export class StreamOwner {
  readonly #open = new Set<Duplex>();

  own(stream: Duplex): void {
    this.#open.add(stream);
    stream.once('close', () => this.#open.delete(stream));
  }

  /** Ends what is still open, once the container is gone. */
  release(reason: Error): void {
    for (const stream of this.#open) stream.destroy(reason);
  }
}
