import type { Event } from '../logs/event.ts';
import type { Sink } from '../logs/emitter.ts';
import { LogJson } from '../logs/log-json.ts';
import { appFiles } from './app-store.ts';
import type { Home } from './home.ts';
import { LogFile } from './log-file.ts';

/** How many lines `logs --recent` shows, and so how many are worth keeping. Source: cli command/v7/logs_command.go. */
export const RECENT_LINES = 1000;

/** There are two such files of an app at most. */
const FULL = { bytes: 16 * 1024 * 1024, lines: RECENT_LINES };

/** Keeps the log lines of each app in its folder, for `cfstage logs` in other terminals. */
export class LogRecorder implements Sink {
  readonly #home: Home;
  readonly #json = new LogJson();
  readonly #files = new Map<string, LogFile>();

  constructor(home: Home) {
    this.#home = home;
  }

  write(event: Event): Promise<void> | undefined {
    if (event.type !== 'log') return undefined;
    return this.#file(event.app).write(this.#json.line(event, String(event.time)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.close()));
  }

  #file(app: string): LogFile {
    const known = this.#files.get(app);
    if (known !== undefined) return known;
    const file = new LogFile(appFiles(this.#home, app).log, FULL);
    this.#files.set(app, file);
    return file;
  }
}
