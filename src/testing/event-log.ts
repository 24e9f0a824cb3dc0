import { STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import type { Sink } from '../logs/emitter.ts';
import type { Event, LogEvent } from '../logs/event.ts';
import type { LineSource, LogLine } from './log-view.ts';

/** Lines beyond this many are forgotten, oldest first: an app that floods its log must not fill the memory of its test. */
const MAX_LINES = 200_000;

/** An event that is no line of the log. */
export type OtherEvent = Exclude<Event, LogEvent>;

/** All that happened to one deployment, across all of its stagings and starts. */
export class EventLog implements Sink {
  readonly events: OtherEvent[] = [];
  #lines: LogLine[] = [];
  #forgotten = 0;
  #phase: { readonly phase: string; readonly buildpack: string } | undefined;
  readonly #listeners = new Set<() => void>();

  write(event: Event): undefined {
    if (event.type === 'log') this.#line(event);
    else this.#other(event);
    for (const listener of [...this.#listeners]) listener();
    return undefined;
  }

  /** How many lines there have been so far: what comes from now on is `from` this place. */
  get position(): number {
    return this.#forgotten + this.#lines.length;
  }

  /** The lines between two positions. */
  between(from: number, to = Infinity): readonly LogLine[] {
    return this.#lines.slice(Math.max(0, from - this.#forgotten), Math.max(0, to - this.#forgotten));
  }

  /** Calls back at every event; answers what ends that. */
  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The lines from a position on, while `to` does not say where they end. */
  source(from = 0, to: () => number = () => Infinity): LineSource {
    return { lines: () => this.between(from, to()), onLine: (listener) => this.onEvent(listener) };
  }

  #line({ time, source, stream, message }: LogEvent): void {
    const phase = source === STAGING_SOURCE ? this.#phase : undefined;
    this.#lines.push({ time, source, stream, message, ...phase });
    if (this.#lines.length <= 2 * MAX_LINES) return;
    this.#lines = this.#lines.slice(MAX_LINES);
    this.#forgotten += MAX_LINES;
  }

  #other(event: OtherEvent): void {
    if (event.type === 'progress') return;
    if (event.type === 'phase-started') this.#phase = { phase: event.phase, buildpack: event.buildpack };
    if (event.type === 'phase-ended') this.#phase = undefined;
    this.events.push(event);
  }
}
