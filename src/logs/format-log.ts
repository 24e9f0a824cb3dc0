import type { LogEvent } from './event.ts';

/**
 * A log line as `cf logs` prints it, without colour and line end. Source: cli util/ui/log_message.go, timestamp layout
 * `2006-01-02T15:04:05.00-0700`, two digits of a second, truncated, in local time.
 */
export function formatLog(event: LogEvent): string {
  return `   ${logLine(event)}`;
}

/** The same without the three leading spaces, as staging.log holds it. */
export function logLine({ time, source, stream, message }: LogEvent): string {
  return `${timestamp(new Date(time))} [${source}] ${stream} ${message}`;
}

/** E.g. `2026-05-18T12:53:35.12+1000`. */
export function timestamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day}T${clock}.${two(Math.floor(date.getMilliseconds() / 10))}${zone}`;
}
