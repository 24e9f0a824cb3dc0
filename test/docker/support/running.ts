import { finished } from 'node:stream/promises';
import { execa, type Options } from 'execa';
import { CFSTAGE } from './paths.ts';

/** How a command line ended. `exitCode` is undefined when a signal ended it. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A length of each stream. */
export interface Position {
  readonly stdout: number;
  readonly stderr: number;
}

/** A cfstage that runs, with what it has written so far. */
export class Running {
  readonly ended: Promise<Ended>;
  readonly pid: number;
  #stdout = '';
  #stderr = '';
  #live = true;
  #end = '';
  readonly #listeners = new Set<() => void>();
  readonly #child;

  constructor(args: readonly string[], options: Options) {
    this.#child = execa(process.execPath, [CFSTAGE, ...args], {
      ...options,
      buffer: false,
      reject: false,
      stdout: 'pipe',
      stderr: 'pipe',
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#notify();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#notify();
    });
    this.ended = this.#watch();
    this.ended.catch(() => undefined);
  }

  get output(): string {
    return `${this.#stdout}${this.#stderr}`;
  }

  /** How much has been written so far; for `says` and `since`. */
  get position(): Position {
    return { stdout: this.#stdout.length, stderr: this.#stderr.length };
  }

  /** What has been written since then: stdout, then stderr. */
  since({ stdout, stderr }: Position): string {
    return `${this.#stdout.slice(stdout)}${this.#stderr.slice(stderr)}`;
  }

  get isLive(): boolean {
    return this.#live;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** To its input, which has to be a pipe. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** As the end of a `| head` does. */
  closeOutput(): void {
    this.#child.stdout.destroy();
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.kill(signal);
    return await this.ended;
  }

  /**
   * The match of a pattern in what was or will be written to either stream, from a position on; rejects when the end comes
   * first.
   */
  async says(pattern: RegExp | string, from: Position = { stdout: 0, stderr: 0 }): Promise<RegExpExecArray> {
    const regexp =
      typeof pattern === 'string' ? new RegExp(pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : pattern;
    return await new Promise((resolve, reject) => {
      const look = () => {
        const found =
          regexp.exec(this.#stdout.slice(from.stdout)) ?? regexp.exec(this.#stderr.slice(from.stderr));
        if (found === null && this.#live) return;
        this.#listeners.delete(look);
        if (found === null)
          reject(new Error(`cfstage ended (${this.#end}) without ${String(regexp)}:\n${this.output}`));
        else resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** The address of the app, once it has started. */
  async url(): Promise<string> {
    const [, url = ''] = await this.says(/App \S+ started: (http:\S+)/);
    return url;
  }

  async #watch(): Promise<Ended> {
    const streams = Promise.allSettled(
      [this.#child.stdout, this.#child.stderr].map((stream) => finished(stream)),
    );
    const { exitCode, signal } = await this.#child;
    // What it has written last may still be on its way.
    await streams;
    this.#end = signal ?? `exit code ${String(exitCode)}`;
    this.#live = false;
    this.#notify();
    return { exitCode, signal, stdout: this.#stdout, stderr: this.#stderr };
  }

  #notify(): void {
    for (const look of [...this.#listeners]) look();
  }
}
