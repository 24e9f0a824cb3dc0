import type { Writable } from 'node:stream';
import type { Container, ExecProcess } from '../engine/engine.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { REWIND_SCRIPT } from '../lifecycle/rewind-script.ts';
import { parseNodes, type ListedNode, type RawPath } from '../snapshot/listing.ts';
import { AgentAnswers } from './agent-answers.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export type Listing = ReadonlyMap<RawPath, ListedNode>;

/** What there is in the container, and what runs there. */
export interface Inventory {
  readonly nodes: Listing;
  /** Processes of vcap's, without those of the user's own sessions. */
  readonly processes: number;
  /** Processes that the kernel has killed for want of memory since the container started. */
  readonly killed: number;
  /** Files of buildpacks that were read since they are watched; undefined when there were too many to tell. */
  readonly reads: readonly RawPath[] | undefined;
}

/** REWIND_SCRIPT at work in a container; it ends with it. One operation at a time. */
export class RewindAgent {
  /** Where vcap can change something. */
  readonly roots: readonly RawPath[];
  readonly #process: ExecProcess;
  readonly #input: Writable;
  readonly #answers: AgentAnswers;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(
    process: ExecProcess,
    input: Writable,
    answers: AgentAnswers,
    roots: readonly RawPath[],
  ) {
    this.roots = roots;
    this.#process = process;
    this.#input = input;
    this.#answers = answers;
  }

  /**
   * @param unlisted paths that are left out of every listing, with all below.
   * @param roots what was found where vcap can change something, in a container in which the script was at work before.
   */
  static async start(
    container: Container,
    unlisted: readonly string[],
    signal: AbortSignal,
    roots?: readonly RawPath[],
  ): Promise<RewindAgent> {
    const argv = ['/bin/bash', '-c', REWIND_SCRIPT, 'rewind', ...unlisted];
    const spec = { argv, env: { PATH, LC_ALL: 'C' }, user: 'root', workingDir: '/', stdin: true };
    const process = await orInterrupted(container.exec(spec, signal), signal);
    const { stdin } = process;
    if (stdin === undefined) throw new CfstageError('INTERNAL', 'A process has no standard input');
    stdin.on('error', () => undefined);
    const answers = new AgentAnswers(process);
    const list = roots?.map((path) => `${path}\0`).join('');
    stdin.write(list === undefined ? 'begin\n' : `begin ${list.length}\n`);
    if (list !== undefined) stdin.write(list, 'latin1');
    const { records } = await orInterrupted(answers.next(), signal);
    return new RewindAgent(process, stdin, answers, records);
  }

  async list(): Promise<Inventory> {
    const [counts = '', ...records] = await this.#ask('list');
    const [processes = 0, killed = 0, count = 0] = counts.split(' ').map(Number);
    const reads = records.slice(0, count);
    return {
      nodes: parseNodes(records.slice(count)),
      processes,
      killed,
      reads: reads.includes('*') ? undefined : reads,
    };
  }

  async nodes(paths: readonly RawPath[]): Promise<Listing> {
    return parseNodes(await this.#ask('nodes', [], paths));
  }

  async pack(layer: number, paths: readonly RawPath[]): Promise<void> {
    await this.#ask('pack', [layer], paths);
  }

  async unpack(layer: number, paths: readonly RawPath[] | 'all'): Promise<void> {
    await (paths === 'all' ? this.#ask('unpack', [layer, 0]) : this.#ask('unpack', [layer], paths));
  }

  /** Nobody waits for it. */
  drop(layers: readonly number[]): void {
    if (layers.length > 0) this.#ask('drop', layers).catch(() => undefined);
  }

  async away(paths: readonly RawPath[]): Promise<void> {
    if (paths.length > 0) await this.#ask('away', [], paths);
  }

  /** Resolves with whether it can be noticed from now on what is read of buildpacks. */
  async watch(): Promise<boolean> {
    return (await this.#ask('watch')).includes('watching');
  }

  /** Ends vcap's processes and takes the build directory out of the contents directory again. */
  async reopen(contentsDir: string): Promise<void> {
    await this.#ask('reopen', [contentsDir]);
  }

  close(): void {
    this.#process.close();
  }

  /** In turn: an operation whose caller has given up is waited for by the next one. */
  async #ask(
    operation: string,
    args: readonly (number | string)[] = [],
    paths?: readonly RawPath[],
  ): Promise<readonly string[]> {
    const asked = this.#queue.then(async () => {
      const list = paths?.map((path) => `${path}\0`).join('');
      this.#input.write(`${[operation, ...args, ...(list === undefined ? [] : [list.length])].join(' ')}\n`);
      if (list !== undefined) this.#input.write(list, 'latin1');
      return await this.#answers.next();
    });
    this.#queue = asked.catch(() => undefined);
    const { records, status } = await asked;
    if (status === '0') return records;
    throw new CfstageError('INTERNAL', `Rewinding the staging container failed at '${operation}'`, {
      cause: new Error(this.#answers.said),
    });
  }
}
