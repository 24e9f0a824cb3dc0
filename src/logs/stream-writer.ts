import type { Writable } from 'node:stream';

/**
 * Writes text to a stream that others share, e.g. stdout. Answers a promise when the stream is full; a stream whose
 * reader has gone (`cfstage … | head`) swallows the rest.
 */
export class StreamWriter {
  readonly #stream: Writable;
  #draining: Promise<void> | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  write(text: string): Promise<void> | undefined {
    if (this.#stream.destroyed || !this.#stream.writable) return undefined;
    if (this.#stream.write(text)) return undefined;
    this.#draining ??= new Promise<void>((resolve) => {
      const done = () => {
        this.#stream.off('drain', done);
        this.#stream.off('close', done);
        this.#draining = undefined;
        resolve();
      };
      this.#stream.once('drain', done);
      this.#stream.once('close', done);
    });
    return this.#draining;
  }
}
