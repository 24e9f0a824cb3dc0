import { appFiles } from '../host/app-store.ts';
import { followLines } from '../host/follow-file.ts';
import type { Home } from '../host/home.ts';
import { readLastLines } from '../host/last-lines.ts';
import { RECENT_LINES } from '../host/log-recorder.ts';
import type { LogEvent } from '../logs/event.ts';

/** The newest log lines of an app, oldest first, as `cf logs --recent`. */
export async function recentLogs(home: Home, app: string): Promise<readonly LogEvent[]> {
  return (await readLastLines(appFiles(home, app).log, RECENT_LINES)).map(parse);
}

/** The log lines of an app from now on, until the signal fires. */
export async function* followLogs(home: Home, app: string, signal: AbortSignal): AsyncGenerator<LogEvent> {
  for await (const line of followLines(appFiles(home, app).log, { fromStart: false, signal }))
    yield parse(line);
}

function parse(line: string): LogEvent {
  return JSON.parse(line) as LogEvent;
}
