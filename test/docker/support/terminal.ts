import { join } from 'node:path';
import { execa } from 'execa';
import { CFSTAGE } from './paths.ts';
import type { Workplace } from './workplace.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How a command line on a terminal ended. */
export interface TerminalEnd {
  readonly exitCode: number;
  /** The terminal's settings are those from before. */
  readonly isRestored: boolean;
}

interface TerminalOptions {
  readonly program?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A terminal with a cfstage in it, and somebody who types. script(1) makes the terminal. */
export class Terminal implements AsyncDisposable {
  readonly ended: Promise<TerminalEnd>;
  #text = '';
  #isLive = true;
  #notify: () => void = () => undefined;
  readonly #child;

  /** @param program what the arguments are for. */
  constructor(
    place: Workplace,
    args: readonly string[],
    { columns, rows }: Size,
    { program = [process.execPath, CFSTAGE], env = {} }: TerminalOptions = {},
  ) {
    const before = join(place.root, `terminal-${crypto.randomUUID()}`);
    // The trap keeps the shell alive when a Ctrl-C reaches all that is on the terminal.
    const script = [
      'trap : INT',
      `stty columns ${columns} rows ${rows}`,
      `stty -g >${before}`,
      'echo "tty=$(tty)"',
      `sh -c 'echo "pid=$$"; exec "$0" "$@"' ${[...program, ...args].map(quote).join(' ')}`,
      'echo "exit=$?"',
      `[ "$(stty -g)" = "$(cat ${before})" ] && echo settings=restored`,
    ];
    this.#child = execa('script', ['--quiet', '--command', script.join('\n'), '/dev/null'], {
      cwd: place.root,
      env: {
        CFSTAGE_HOME: place.home,
        TMPDIR: place.temp,
        TERM: 'screen-256color',
        SHELL: '/bin/bash',
        ...env,
      },
      stdin: 'pipe',
      buffer: false,
      reject: false,
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
      this.#notify();
    });
    this.ended = this.#child.then(() => {
      this.#isLive = false;
      this.#notify();
      const exitCode = Number(/^exit=(\d+)/m.exec(this.#text)?.[1]);
      return { exitCode, isRestored: this.#text.includes('settings=restored') };
    });
  }

  get output(): string {
    return this.#text;
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /** The match of a pattern in what was or will be shown, from a position on; rejects when the end comes first. */
  async shows(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text.slice(from));
      if (found !== null) return found;
      if (!this.#isLive)
        throw new Error(`the terminal was closed without ${String(pattern)}:\n${this.#text}`);
      await new Promise<void>((resolve) => (this.#notify = resolve));
    }
  }

  async resize({ columns, rows }: Size): Promise<void> {
    const size = ['columns', String(columns), 'rows', String(rows)];
    await execa('stty', ['-F', await this.#device(), ...size]);
  }

  /** Whether keys go to the program as they are typed. */
  async isRaw(): Promise<boolean> {
    const { stdout } = await execa('stty', ['-F', await this.#device(), '-a']);
    return stdout.includes('-icanon') && stdout.includes('-isig') && stdout.includes('-opost');
  }

  /** To cfstage and to nobody else. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const [, pid = ''] = await this.shows(/^pid=(\d+)/m);
    process.kill(Number(pid), signal);
  }

  /** Closes the terminal on what is still in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.ended;
  }

  async #device(): Promise<string> {
    const [, device = ''] = await this.shows(/^tty=(\S+)/m);
    return device;
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
