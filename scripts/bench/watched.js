import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '../setup/say.js';
import { startContestant } from './child.js';
import { ask, freePort } from './first-answer.js';
import { CFSTAGE } from './names.js';

const PAUSE_MS = 5;
/** What is done in the background after a redo must not slow down what is measured next. */
const QUIET_MS = 4_000;

/** A `cfstage watch` (or push) that runs, and what it tells as JSON lines. */
export class Watched {
  #contestant;
  #port;
  #signal;
  #events = [];
  #over;
  #isLive = true;

  static async start(verb, flags, { state, signal }) {
    const port = await freePort();
    const command = [process.execPath, CFSTAGE, verb, 'rubyapp', '--json', '--port', String(port), ...flags];
    return new Watched(startContestant(command, { state, signal }), port, signal);
  }

  constructor(contestant, port, signal) {
    this.#contestant = contestant;
    this.#port = port;
    this.#signal = signal;
    createInterface({ input: contestant.child.stdout }).on('line', (line) => {
      // Log lines are many and never asked for.
      if (!line.startsWith('{"type":"log"')) this.#events.push(JSON.parse(line));
    });
    this.#over = contestant.ended.finally(() => (this.#isLive = false));
    this.#over.catch(() => undefined);
  }

  /** Resolves when the app answers, with the seconds that its first staging took. */
  async started() {
    // Not asked before: who listens on the port of a watched app from the beginning would be busy with that.
    await this.#until(() => this.#events.some(({ type }) => type === 'staged'));
    await this.#until(async () => (await ask(this.#port, '/'))?.status === 200);
    await this.#until(() => this.#events.some(({ type }) => type === 'app-started'));
    await delay(QUIET_MS);
    return this.#events.find(({ type }) => type === 'staged').durationMs / 1000;
  }

  /**
   * Does an edit and resolves with the seconds until `GET /marker` first answers with `marker`, and with what the tool says
   * of its own time.
   */
  async edit(edit, marker) {
    const told = this.#events.length;
    edit();
    const start = performance.now();
    await this.#until(async () => (await ask(this.#port, '/marker'))?.body.split(/\s+/).includes(marker));
    const seconds = (performance.now() - start) / 1000;
    const redone = () => this.#events.slice(told).find(({ type }) => type === 'redone');
    await this.#until(() => redone() !== undefined);
    await delay(QUIET_MS);
    return { seconds, ...redone().timing };
  }

  async end() {
    if (this.#isLive) this.#contestant.child.kill('SIGINT');
    await this.#over.catch(() => undefined);
  }

  async #until(holds) {
    while (!(await holds())) {
      this.#signal.throwIfAborted();
      if (!this.#isLive) throw new SetupError(`cfstage watch ended early:\n${this.#contestant.said()}`);
      await delay(PAUSE_MS);
    }
  }
}

/** The flags that name an app of the bench with its two buildpacks. */
export function appFlags({ app, supply, final }) {
  return [
    ...['--manifest', path.join(app, 'manifest.yml'), '--stack-policy', 'stand-in'],
    ...['--local-buildpack', `https://git.example.com/config-server-buildpack.git=${supply}`],
    ...['--local-buildpack', `ruby_buildpack=${final}`],
  ];
}
