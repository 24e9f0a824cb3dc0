import { appFiles } from '../host/app-store.ts';
import { followLines } from '../host/follow-file.ts';
import type { Home } from '../host/home.ts';
import { readRecentLines } from '../host/last-lines.ts';
import { RECENT_LINES } from '../host/log-recorder.ts';
import type { LogEvent } from '../logs/event.ts';

/** The newest log lines of an app, oldest first, as `cf logs --recent`. */
export async function recentLogs(home: Home, app: string): Promise<readonly LogEvent[]> {
  return (await readRecentLines(appFiles(home, app).log, RECENT_LINES)).map(parse);
}

/** The log lines of an app from now on, some at a time, until the signal fires. */
export async function* followLogs(
  home: Home,
  app: string,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEvent[]> {
  for await (const lines of followLines(appFiles(home, app).log, { fromStart: false, signal }))
    yield lines.map(parse);
}

function parse(line: string): LogEvent {
  return JSON.parse(line) as LogEvent;
}
