import { CfstageError } from '../errors.ts';
import type { OutputStream } from '../logs/event.ts';
import { eventually, WAIT_MS, type Waiting } from './eventually.ts';

/** One line of a deployment's log. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Source type and instance, e.g. `APP/PROC/WEB/0`. */
  readonly source: string;
  readonly stream: OutputStream;
  readonly message: string;
  /** The script of a buildpack that was running, of a line of staging. */
  readonly phase?: string;
  /** The buildpack whose script that was, as it was named. */
  readonly buildpack?: string;
}

/** Which lines to see; all that is given must hold. */
export interface LogFilter {
  /** As in the log (`STG/0`), or without the instance for all of them (`APP/PROC/WEB`, which has no sidecars in it). */
  readonly source?: string | RegExp;
  readonly stream?: OutputStream;
  /** `detect`, `supply`, `finalize`, `compile` or `release`. */
  readonly phase?: string;
  readonly buildpack?: string;
}

export type LinePattern = string | RegExp;

/** Where the lines are. */
export interface LineSource {
  lines(): readonly LogLine[];
  /** Calls back at every new line; answers what ends that. */
  onLine(listener: () => void): () => void;
}

/** A part of a log. It is live: lines that come later are in it, too. */
export class LogView {
  readonly #source: LineSource;
  readonly #keeps: (line: LogLine) => boolean;

  constructor(source: LineSource, keeps: (line: LogLine) => boolean = () => true) {
    this.#source = source;
    this.#keeps = keeps;
  }

  get lines(): readonly LogLine[] {
    return this.#source.lines().filter(this.#keeps);
  }

  /** The messages alone. */
  get messages(): readonly string[] {
    return this.lines.map(({ message }) => message);
  }

  /** The messages, each with a line end. */
  get text(): string {
    return this.messages.map((message) => `${message}\n`).join('');
  }

  get stdout(): LogView {
    return this.filter({ stream: 'OUT' });
  }

  get stderr(): LogView {
    return this.filter({ stream: 'ERR' });
  }

  filter({ source, stream, phase, buildpack }: LogFilter): LogView {
    const isFrom = sourceTest(source);
    return new LogView(
      this.#source,
      (line) =>
        this.#keeps(line) &&
        isFrom(line.source) &&
        (stream === undefined || line.stream === stream) &&
        (phase === undefined || line.phase === phase) &&
        (buildpack === undefined || line.buildpack === buildpack),
    );
  }

  /** The lines of one source: `app.logs.from('APP/PROC/WEB')`. */
  from(source: string | RegExp): LogView {
    return this.filter({ source });
  }

  /** The lines that a buildpack's script wrote: `app.stagingLogs.during('supply', 'ruby_buildpack')`. */
  during(phase: string, buildpack?: string): LogView {
    return this.filter({ phase, ...(buildpack === undefined ? {} : { buildpack }) });
  }

  /** Whether any line holds this text or matches. */
  includes(pattern: LinePattern): boolean {
    return this.lines.some(({ message }) => holds(message, pattern));
  }

  /** The first line that holds this text or matches, now or in time (10 seconds). Raises USAGE when there is none. */
  async waitFor(pattern: LinePattern, waiting: Waiting = {}): Promise<LogLine> {
    const find = () => this.lines.find(({ message }) => holds(message, pattern));
    const found = await this.until(() => find() !== undefined, waiting);
    const line = find();
    if (found && line !== undefined) return line;
    throw new CfstageError(
      'USAGE',
      `No line of the log was ${String(pattern)} within ${waiting.within ?? WAIT_MS} ms:\n${this.text}`,
      {
        hint: 'Mend the pattern or allow more time with { within: ms }.',
      },
    );
  }

  /** Whether a condition on the log holds in time; it is looked at again with every new line. */
  async until(condition: () => boolean, waiting: Waiting = {}): Promise<boolean> {
    return await eventually(condition, (listener) => this.#source.onLine(listener), waiting);
  }

  /** What test runners show of it; they would follow every getter. */
  toJSON(): unknown {
    return this.messages.slice(-20);
  }

  toString(): string {
    return this.text;
  }
}

export function holds(message: string, pattern: LinePattern): boolean {
  return typeof pattern === 'string' ? message.includes(pattern) : message.search(pattern) !== -1;
}

function sourceTest(source: string | RegExp | undefined): (source: string) => boolean {
  if (source === undefined) return () => true;
  if (typeof source !== 'string') return (text) => text.search(source) !== -1;
  return (text) => text === source || text.replace(/\/\d+$/, '') === source;
}
