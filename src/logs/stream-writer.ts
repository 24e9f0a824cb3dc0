import type { Writable } from 'node:stream';

/**
 * Writes text to a stream that others share, e.g. stdout. What comes within one turn of the event loop is written at
 * once, because a write costs more than a line. Answers a promise when the stream is full; a stream whose reader has
 * gone (`cfstage … | head`) swallows the rest.
 */
export class StreamWriter {
  readonly #stream: Writable;
  #pending = '';
  #draining: Promise<void> | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  write(text: string): Promise<void> | undefined {
    if (this.#pending === '') queueMicrotask(() => void this.flush());
    this.#pending += text;
    return this.#pending.length < this.#stream.writableHighWaterMark ? this.#draining : this.flush();
  }

  /** Hands on what has gathered, e.g. before something else is written to the same terminal. */
  flush(): Promise<void> | undefined {
    const text = this.#pending;
    this.#pending = '';
    if (text === '' || !this.#stream.writable || this.#stream.write(text)) return this.#draining;
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
