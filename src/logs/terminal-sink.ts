import type { Writable } from 'node:stream';
import { createColors } from 'picocolors';
import type { Sink } from './emitter.ts';
import type { Event, LogEvent } from './event.ts';
import { formatLog, TimeText, timestamp } from './format-log.ts';
import { StatusLine } from './status-line.ts';
import { StreamWriter } from './stream-writer.ts';
import { tell } from './tell.ts';

export interface Terminal {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly colour: boolean;
}

/** For people: log lines on stdout in cf's own format, everything that cfstage itself says on stderr. */
export class TerminalSink implements Sink {
  readonly #out: StreamWriter;
  readonly #err: StreamWriter;
  readonly #status: StatusLine;
  readonly #outColours: ReturnType<typeof createColors>;
  readonly #errColours: ReturnType<typeof createColors>;
  readonly #stamps = new TimeText(timestamp);
  /** Above 0 each log line begins with the name of its app. */
  #nameWidth = 0;

  constructor({ stdout, stderr, colour }: Terminal) {
    this.#out = new StreamWriter(stdout);
    this.#err = new StreamWriter(stderr);
    this.#status = new StatusLine(stderr);
    this.#outColours = createColors(colour && stdout.isTTY === true);
    this.#errColours = createColors(colour && stderr.isTTY === true);
  }

  write(event: Event): Promise<void> | undefined {
    if (event.type === 'log') return this.#log(event);
    // Both streams may be one terminal.
    void this.#out.flush();
    switch (event.type) {
      case 'progress':
        this.#status.show(
          `${event.what} ${megabytes(event.received)}${event.total > 0 ? ` of ${megabytes(event.total)}` : ''}`,
        );
        return undefined;
      case 'phase-started':
        this.#status.showTimer(`${event.phase} of ${event.buildpack}`);
        return undefined;
      case 'several-apps':
        this.#nameWidth = Math.max(...event.apps.map((app) => app.length));
        return undefined;
      case 'failed':
        return this.#fail(event.code, event.message, event.hint);
      default: {
        const { yellow, bold, red } = this.#errColours;
        const told = tell(event, yellow, (text) => bold(red(text)));
        this.#status.clear();
        return told === undefined ? undefined : this.#say(told);
      }
    }
  }

  async close(): Promise<void> {
    this.#status.clear();
    await this.#out.flush();
  }

  #log(event: LogEvent): Promise<void> | undefined {
    this.#status.clear();
    const line = formatLog(event, this.#stamps.of(event.time));
    // Only ERR has a colour: the whole line but its indentation. Source: cli util/ui/log_message.go.
    const shown = event.stream === 'ERR' ? `   ${this.#outColours.red(line.slice(3))}` : line;
    return this.#out.write(
      this.#nameWidth === 0 ? `${shown}\n` : `${event.app.padEnd(this.#nameWidth)}${shown}\n`,
    );
  }

  #say(text: string): Promise<void> | undefined {
    this.#status.clear();
    void this.#err.write(`${text}\n`);
    return this.#err.flush();
  }

  #fail(code: string, message: string, hint: string | undefined): Promise<void> | undefined {
    const advice = hint === undefined ? '' : `\n${hint}`;
    return this.#say(
      `${message}${advice}\n${this.#errColours.bold(this.#errColours.red('FAILED'))} (${code})`,
    );
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)}M`;
}
