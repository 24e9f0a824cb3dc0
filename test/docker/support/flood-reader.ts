import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CFSTAGE, buildpack, fixture } from './paths.ts';
import { STAND_IN, type Workplace } from './workplace.ts';

/** What a push of `fixtures/apps/floods` says. */
export function pushFloods(app: string, env: Readonly<Record<string, string | number>>): readonly string[] {
  return [
    ...['push', app, ...STAND_IN, '--path', fixture('apps/floods')],
    ...['--buildpack', buildpack('uses-the-procfile'), '--health-check-type', 'process', '--no-route'],
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
}

/** The lines of `fixtures/apps/floods`, without the number. */
const FILL = 'x'.repeat(99 - 'out 000000000 '.length);

type Stream = 'OUT' | 'ERR';

/**
 * A cfstage whose log is read as a stream and not kept. Every line of a flood must be the one after the line before,
 * from the first one that is seen.
 */
export class FloodReader implements AsyncDisposable {
  readonly pid: number;
  /** What was wrong first. */
  fault: string | undefined;
  /** Number of the newest line of each stream. */
  readonly newest: Record<Stream, number> = { OUT: 0, ERR: 0 };
  /** Lines of the flood that have come. */
  count = 0;
  stderr = '';
  readonly ended: Promise<number | null>;
  readonly #child;
  readonly #listeners = new Set<() => void>();
  readonly #marks = new Set<string>();
  readonly #hold: () => Promise<void> | undefined;
  #live = true;
  #letGo = (): void => undefined;
  readonly #disposed = new Promise<void>((resolve) => (this.#letGo = resolve));

  /** @param hold what is waited for before more is read. */
  constructor(
    { root, home, temp }: Workplace,
    args: readonly string[],
    hold: () => Promise<void> | undefined = () => undefined,
  ) {
    this.#child = spawn(process.execPath, [CFSTAGE, ...args], {
      cwd: root,
      env: { ...process.env, CFSTAGE_HOME: home, TMPDIR: temp },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = this.#child.pid ?? 0;
    this.#hold = hold;
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    const exited = new Promise<number | null>((resolve) => this.#child.once('close', resolve));
    this.ended = Promise.all([exited, this.#read(args.includes('--json') ? jsonLine : shownLine)]).then(
      ([code]) => {
        this.#live = false;
        this.#notify();
        return code;
      },
    );
  }

  /** Resolves once `condition` holds; rejects at the first fault and at the end. */
  async until(condition: () => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        const fault = this.fault ?? (this.#live ? undefined : `cfstage has ended:\n${this.stderr}`);
        if (fault === undefined && !condition()) return;
        this.#listeners.delete(look);
        if (fault === undefined) resolve();
        else reject(new Error(fault));
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** Resolves once the app has said exactly this. */
  async says(message: string): Promise<void> {
    await this.until(() => this.#marks.has(message));
  }

  /** The highest resident size so far. */
  peakRssMb(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  async end(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    this.#letGo();
    await this.ended;
  }

  async #read(parse: (line: string) => readonly [string, string] | undefined): Promise<void> {
    let partial = '';
    this.#child.stdout.setEncoding('utf8');
    for await (const chunk of this.#child.stdout as AsyncIterable<string>) {
      const lines = (partial + chunk).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) {
        const parsed = parse(line);
        if (parsed !== undefined) this.#take(...parsed);
      }
      this.#notify();
      try {
        await Promise.race([this.#hold(), this.#disposed]);
      } catch (error) {
        this.fault ??= String(error);
        return;
      }
    }
  }

  #take(stream: string, message: string): void {
    if (stream !== 'OUT' && stream !== 'ERR') return;
    const name = stream.toLowerCase();
    if (!message.startsWith(`${name} 0`)) {
      if (!message.startsWith('out ') && !message.startsWith('err ')) this.#marks.add(message);
      return;
    }
    const expected = this.newest[stream] === 0 ? numberIn(message) : this.newest[stream] + 1;
    if (message !== `${name} ${String(expected).padStart(9, '0')} ${FILL}`)
      this.fault ??= `${name} ${expected} is missing, here is: ${message}`;
    this.newest[stream] = numberIn(message);
    this.count += 1;
  }

  #notify(): void {
    for (const look of [...this.#listeners]) look();
  }
}

function numberIn(message: string): number {
  return Number(message.slice(4, 13));
}

function shownLine(line: string): readonly [string, string] | undefined {
  const at = line.indexOf('] ') + 2;
  return line.startsWith('[APP/', 31) ? [line.slice(at, at + 3), line.slice(at + 4)] : undefined;
}

function jsonLine(line: string): readonly [string, string] | undefined {
  const event = JSON.parse(line) as { source?: string; stream?: string; message?: string };
  const { source = '', stream = '', message = '' } = event;
  return source.startsWith('APP/') ? [stream, message] : undefined;
}
