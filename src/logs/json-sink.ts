import type { Writable } from 'node:stream';
import type { Sink } from './emitter.ts';
import type { Event } from './event.ts';
import { StreamWriter } from './stream-writer.ts';

/** JSON lines on stdout, one event each; `time` is an ISO 8601 text there. */
export class JsonSink implements Sink {
  readonly #out: StreamWriter;

  constructor(stdout: Writable) {
    this.#out = new StreamWriter(stdout);
  }

  write(event: Event): Promise<void> | undefined {
    return this.#out.write(`${JSON.stringify({ ...event, time: new Date(event.time).toISOString() })}\n`);
  }
}
