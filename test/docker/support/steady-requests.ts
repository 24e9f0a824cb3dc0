import { get } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What came back of one request: the body, or the status or error in brackets. */
export type Answer = string;

/** Asks the router for one host, without a pause, until it is ended. */
export class SteadyRequests {
  readonly answers: Answer[] = [];
  readonly #done: Promise<void>;
  #goesOn = true;

  constructor(routerUrl: string, path: string) {
    const { hostname, port } = new URL(routerUrl);
    this.#done = this.#ask(Number(port), hostname, path);
  }

  /** Every answer so far, without what repeats the one before. */
  get distinct(): readonly Answer[] {
    return this.answers.filter((answer, i) => answer !== this.answers[i - 1]);
  }

  async end(): Promise<void> {
    this.#goesOn = false;
    await this.#done;
  }

  async #ask(port: number, host: string, path: string): Promise<void> {
    while (this.#goesOn) {
      this.answers.push(await ask(port, host, path));
      await nextTurn();
    }
  }
}

/** One request to the router with a host name in its header, so that no name has to be resolved. */
export async function ask(port: number, host: string, path: string): Promise<Answer> {
  return await new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path, headers: { host }, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve(response.statusCode === 200 ? body : `(${response.statusCode ?? ''})`),
      );
    }).on('error', ({ message }) => resolve(`(${message})`));
  });
}
