import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Event } from '../logs/event.ts';
import type { Sink } from '../logs/emitter.ts';
import { StreamWriter } from '../logs/stream-writer.ts';
import { appFiles } from './app-store.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { Home } from './home.ts';
import { readLastLines } from './last-lines.ts';

/** How many lines `logs --recent` shows, and so how many are worth keeping. Source: cli command/v7/logs_command.go. */
export const RECENT_LINES = 1000;

const LARGEST_LOG_BYTES = 16 * 1024 * 1024;

/** Keeps the log lines of each app in its folder, for `cfstage logs` in other terminals. */
export class LogRecorder implements Sink {
  readonly #home: Home;
  readonly #files = new Map<string, { readonly stream: WriteStream; readonly writer: StreamWriter }>();

  constructor(home: Home) {
    this.#home = home;
  }

  write(event: Event): Promise<void> | undefined {
    if (event.type !== 'log') return undefined;
    return this.#file(event.app).write(`${JSON.stringify(event)}\n`);
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#files.values()].map(
        ({ stream }) => new Promise<void>((resolve) => (stream.destroyed ? resolve() : stream.end(resolve))),
      ),
    );
  }

  #file(app: string): StreamWriter {
    const known = this.#files.get(app);
    if (known !== undefined) return known.writer;
    const path = appFiles(this.#home, app).log;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
    // A full disk must not end the app; the terminal still has its log.
    stream.on('error', () => stream.destroy());
    const writer = new StreamWriter(stream);
    this.#files.set(app, { stream, writer });
    return writer;
  }
}

/** Cuts a log that has grown large down to its recent lines. */
export async function trimLog(home: Home, app: string): Promise<void> {
  const path = appFiles(home, app).log;
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size <= LARGEST_LOG_BYTES) return;
  const lines = await readLastLines(path, RECENT_LINES);
  await writeFileAtomically(path, lines.map((line) => `${line}\n`).join(''));
}
