import type { LogEvent } from './event.ts';

/**
 * A log line as `cf logs` prints it, without colour and line end. Source: cli util/ui/log_message.go, timestamp layout
 * `2006-01-02T15:04:05.00-0700`, two digits of a second, truncated, in local time.
 */
export function formatLog(event: LogEvent, stamp = timestamp(event.time)): string {
  return `   ${logLine(event, stamp)}`;
}

/** The same without the three leading spaces, as staging.log holds it. */
export function logLine({ time, source, stream, message }: LogEvent, stamp = timestamp(time)): string {
  return `${stamp} [${source}] ${stream} ${message}`;
}

/** Keeps the last text of a time: the lines of a flood have the same one by the hundred. */
export class TimeText {
  readonly #format: (time: number) => string;
  #time = NaN;
  #text = '';

  constructor(format: (time: number) => string) {
    this.#format = format;
  }

  of(time: number): string {
    if (time !== this.#time) {
      this.#time = time;
      this.#text = this.#format(time);
    }
    return this.#text;
  }
}

/** Milliseconds since the epoch as in a log line. */
export function timestamp(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day}T${clock}.${two(Math.floor(date.getMilliseconds() / 10))}${zone}`;
}
