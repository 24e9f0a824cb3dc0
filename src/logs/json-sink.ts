import type { Writable } from 'node:stream';
import type { Sink } from './emitter.ts';
import type { Event } from './event.ts';
import { TimeText } from './format-log.ts';
import { LogJson } from './log-json.ts';
import { StreamWriter } from './stream-writer.ts';

/** JSON lines on stdout, one event each; `time` is an ISO 8601 text there. */
export class JsonSink implements Sink {
  readonly #out: StreamWriter;
  readonly #json = new LogJson();
  readonly #times = new TimeText((time) => JSON.stringify(new Date(time)));

  constructor(stdout: Writable) {
    this.#out = new StreamWriter(stdout);
  }

  write(event: Event): Promise<void> | undefined {
    const line =
      event.type === 'log'
        ? this.#json.line(event, this.#times.of(event.time))
        : JSON.stringify({ ...event, time: new Date(event.time) });
    return this.#out.write(`${line}\n`);
  }

  async close(): Promise<void> {
    await this.#out.flush();
  }
}
