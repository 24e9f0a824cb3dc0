import type { Sink } from './emitter.ts';
import type { Event, LogEvent } from './event.ts';

/** Keeps every event, for tests and for those who use the library. */
export class MemorySink implements Sink {
  readonly events: Event[] = [];

  write(event: Event): undefined {
    this.events.push(event);
    return undefined;
  }

  get logs(): readonly LogEvent[] {
    return this.events.filter((event) => event.type === 'log');
  }
}
