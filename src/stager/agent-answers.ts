import type { ExecProcess } from '../engine/engine.ts';
import { CfstageError } from '../errors.ts';

/** Bytes of its standard error that are kept to tell of. */
const SAID_BYTES = 4096;
/** The last two records: an empty one and a status. The first of them ends the record before, if there is one. */
const END = /(?:^|\0)\0(\d+)\0$/;

/** Nothing but the end of its container ends it so. */
const KILLED = 137;

export interface Answer {
  readonly records: readonly string[];
  readonly status: string;
}

/** The answers of REWIND_SCRIPT, one after the other. */
export class AgentAnswers {
  /** What it wrote to standard error last. */
  said = '';
  #text = '';
  #ready: Answer[] = [];
  #waiting: { resolve: (answer: Answer) => void; reject: (error: unknown) => void } | undefined;
  #over: Error | undefined;

  constructor(process: ExecProcess) {
    process.stdout.setEncoding('latin1').on('data', (chunk: string) => this.#take(chunk));
    process.stdout.on('error', () => undefined);
    process.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.said = (this.said + chunk).slice(-SAID_BYTES);
    });
    process.stderr.on('error', () => undefined);
    process.exitCode.then(
      (code) => this.#end(code === KILLED ? gone() : ended(code, this.said)),
      (error: unknown) => this.#end(error instanceof Error ? error : new Error(String(error))),
    );
  }

  async next(): Promise<Answer> {
    const ready = this.#ready.shift();
    if (ready !== undefined) return ready;
    if (this.#over !== undefined) throw this.#over;
    return await new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  #take(chunk: string): void {
    this.#text += chunk;
    const end = END.exec(this.#text.slice(-8));
    if (end === null) return;
    const [marker, status = ''] = end;
    // Of the marker's two NULs the first belongs to the last record.
    const body = this.#text.slice(0, this.#text.length - marker.length);
    this.#text = '';
    const answer = { records: body === '' ? [] : body.split('\0'), status };
    if (this.#waiting === undefined) this.#ready.push(answer);
    else {
      this.#waiting.resolve(answer);
      this.#waiting = undefined;
    }
  }

  #end(error: Error): void {
    this.#over = error;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

function gone(): CfstageError {
  return new CfstageError('CONTAINER_GONE', 'The staging container was stopped or removed from outside');
}

function ended(code: number, said: string): CfstageError {
  return new CfstageError('INTERNAL', `The rewind script ended with ${code}: ${said}`);
}
