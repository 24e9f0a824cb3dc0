import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Container } from '../engine/engine.ts';
import type { CommandResult } from '../engine/run-to-end.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import { pidFile } from '../lifecycle/pid-file.ts';
import {
  APP_COMMAND,
  LIST_FILES,
  LIST_PIDS,
  LIST_PROCESSES,
  LISTENING_SOCKETS,
  listeningPorts,
  parseProcesses,
  PROCESS_ENVIRONMENT,
  READ_FILE,
  SIGNAL_PROCESS,
  type ContainerProcess,
} from '../lifecycle/probe-scripts.ts';

export type { CommandResult, ContainerProcess };

/** Looks into the container of an instance that runs, and acts in it, as vcap. Steps: 0 is the main process. */
export class InstanceShell {
  readonly #container: Container;

  constructor(container: Container) {
    this.#container = container;
  }

  /** Runs a command with the app's environment, its profile scripts included. */
  async run(command: string, stdin: string | undefined, signal: AbortSignal): Promise<CommandResult> {
    return await this.#script(APP_COMMAND, [command], signal, stdin);
  }

  /** What a process was started with. */
  async environment(step: number, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const variables = (await this.#output(PROCESS_ENVIRONMENT, [pidFile(step)], signal)).split('\0');
    return Object.fromEntries(
      variables
        .filter((text) => text.includes('='))
        .map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
    );
  }

  /** `name` is e.g. SIGTERM. */
  async kill(step: number, name: string, signal: AbortSignal): Promise<void> {
    await this.#output(SIGNAL_PROCESS, [pidFile(step), name.replace(/^SIG/, '')], signal);
  }

  async processes(signal: AbortSignal): Promise<readonly ContainerProcess[]> {
    return parseProcesses(await this.#output(LIST_PROCESSES, [], signal));
  }

  /** Process id of each step, by step. */
  async pids(signal: AbortSignal): Promise<ReadonlyMap<number, number>> {
    const lines = (await this.#output(LIST_PIDS, [], signal)).trim().split('\n');
    return new Map(
      lines.map((line) => {
        const [step, pid] = line.split(' ');
        return [Number(step), Number(pid)];
      }),
    );
  }

  async listeningPorts(signal: AbortSignal): Promise<readonly number[]> {
    return listeningPorts(await this.#output(LISTENING_SOCKETS, [], signal));
  }

  /** Paths that match, relative to /home/vcap unless the pattern is absolute. */
  async files(glob: string, signal: AbortSignal): Promise<readonly string[]> {
    const paths = (await this.#output(LIST_FILES, [glob], signal)).split('\0');
    return paths.filter((path) => path !== '');
  }

  /** The content of a file. Raises USAGE. */
  async read(path: string, signal: AbortSignal): Promise<Buffer> {
    const { exitCode, stdout, stderr } = await this.#script(READ_FILE, [path], signal);
    if (exitCode === 0) return stdout;
    throw new CfstageError(
      'USAGE',
      `Cannot read ${path} in the app's container: ${stderr.toString().trim()}`,
      {
        hint: 'Relative paths are below /home/vcap; it is read as the user vcap.',
      },
    );
  }

  async #output(script: string, args: readonly string[], signal: AbortSignal): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#script(script, args, signal);
    if (exitCode === 0) return stdout.toString('utf8');
    throw new CfstageError(
      'CONTAINER_GONE',
      `The app's container cannot be looked into: ${stderr.toString().trim()}`,
      {
        hint: 'The process has ended, or its container has no such tool.',
      },
    );
  }

  async #script(
    script: string,
    args: readonly string[],
    signal: AbortSignal,
    stdin?: string,
  ): Promise<CommandResult> {
    const process = await orInterrupted(
      this.#container.exec(
        {
          argv: ['/bin/bash', '-c', script, 'cfstage', ...args],
          env: {},
          user: VCAP.name,
          workingDir: VCAP.home,
          stdin: stdin !== undefined,
        },
        signal,
      ),
      signal,
    );
    try {
      const feeding =
        process.stdin === undefined ? undefined : pipeline(Readable.from([stdin ?? '']), process.stdin);
      // A command need not read its input.
      feeding?.catch(() => undefined);
      const [stdout, stderr, exitCode] = await orInterrupted(
        Promise.all([buffer(process.stdout), buffer(process.stderr), process.exitCode]),
        signal,
      );
      return { stdout, stderr, exitCode };
    } catch (error) {
      process.close();
      throw error;
    }
  }
}
