import { Writable } from 'node:stream';

/** A stream that keeps what is written; `isTTY` as given. */
export class FakeTerminal extends Writable {
  readonly isTTY: boolean;
  text = '';

  constructor(isTTY = false) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

/** A stream that takes nothing until it is told to: each write waits for a call of `take`. */
export class SlowTerminal extends Writable {
  #waiting: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    this.#waiting = done;
  }

  take(): void {
    const done = this.#waiting;
    this.#waiting = undefined;
    done?.();
  }
}
