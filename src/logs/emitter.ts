import type { Emit, Event } from './event.ts';

/** Consumes stamped events. `close` flushes what it holds; nothing is written after it. */
export interface Sink {
  write(event: Event): Promise<void> | undefined;
  close?(): Promise<void>;
}

/** Stamps events and hands each to every sink, in order. */
export function emitTo(sinks: readonly Sink[], now: () => number = Date.now): Emit {
  return (body) => {
    const event = { ...body, time: now() } as Event;
    let behind: Promise<void>[] | undefined;
    for (const sink of sinks) {
      const pending = sink.write(event);
      if (pending !== undefined) (behind ??= []).push(pending);
    }
    return behind === undefined ? undefined : Promise.all(behind).then(() => undefined);
  };
}
