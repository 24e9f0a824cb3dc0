import { stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { CfstageError } from '../errors.ts';
import { startShellCommand } from '../host/shell-command.ts';
import { onChangeSource } from '../lifecycle/log-sources.ts';
import type { Emit } from '../logs/event.ts';
import { pumpOutput } from '../logs/pump-output.ts';
import type { WatchedRoot } from './watch-request.ts';

type Buildpack = Extract<WatchedRoot, { kind: 'buildpack' }>;

/**
 * The command of --on-change: runs in the directory of a buildpack before it is uploaded, for those that need to be built
 * first. What it writes belongs to the change that it runs for.
 */
export class OnChange {
  readonly #line: string;
  readonly #app: string;
  readonly #emit: Emit;
  /** What somebody else than the command has changed at some time. */
  readonly #sources = new Set<string>();
  /** What has changed while it ran. */
  readonly #written = new Set<string>();

  constructor(line: string, app: string, emit: Emit) {
    this.#line = line;
    this.#app = app;
    this.#emit = emit;
  }

  /** For all buildpacks, before they are uploaded for the first time. Raises ON_CHANGE_FAILED. */
  async runAll(roots: readonly WatchedRoot[], signal: AbortSignal): Promise<void> {
    for (const buildpack of await directories(roots)) await this.#run(buildpack, signal);
  }

  /**
   * Runs it for the buildpacks among the changes; `rest` tells what has changed since, which is added to them. The command
   * runs once more when a file that was changed before it began has changed under it, but not for what that second run
   * writes: so a formatter or a time stamp comes to an end. Raises ON_CHANGE_FAILED.
   */
  async run(
    changes: Set<string>,
    roots: readonly WatchedRoot[],
    rest: (signal: AbortSignal) => Promise<readonly string[]>,
    signal: AbortSignal,
  ): Promise<void> {
    const buildpacks = await directories(roots);
    let fresh: readonly string[] = [...changes];
    for (const path of fresh) if (!this.#written.has(path)) this.#sources.add(path);
    let failure: CfstageError | undefined;
    for (let round = 0; round < 2; round += 1) {
      const touched = buildpacks.filter(({ path }) => fresh.some((file) => isBelow(file, path)));
      if (touched.length === 0) break;
      failure = await this.#runFor(touched, signal);
      const written = await rest(signal);
      for (const path of written) {
        changes.add(path);
        this.#written.add(path);
      }
      fresh = written.filter((path) => this.#sources.has(path));
    }
    if (failure !== undefined) throw failure;
  }

  /** Answers why it failed, if it did. */
  async #runFor(buildpacks: readonly Buildpack[], signal: AbortSignal): Promise<CfstageError | undefined> {
    try {
      for (const buildpack of buildpacks) await this.#run(buildpack, signal);
      return undefined;
    } catch (error) {
      if (error instanceof CfstageError && error.code === 'ON_CHANGE_FAILED') return error;
      throw error;
    }
  }

  async #run({ path, key }: Buildpack, signal: AbortSignal): Promise<void> {
    const command = await startShellCommand(this.#line, path, signal);
    const line = { app: this.#app, source: onChangeSource(key) };
    const [ended, ...pumped] = await Promise.allSettled([
      command.exitCode,
      pumpOutput(command.stdout, this.#emit, { ...line, stream: 'OUT' }),
      pumpOutput(command.stderr, this.#emit, { ...line, stream: 'ERR' }),
    ]);
    // What it has started may go on until the pipes are closed.
    for (const one of [ended, ...pumped]) if (one.status === 'rejected') throw one.reason;
    const exitCode = ended.status === 'fulfilled' ? ended.value : 1;
    if (exitCode === 0) return;
    throw new CfstageError(
      'ON_CHANGE_FAILED',
      `The command of --on-change ended with exit status ${exitCode} in ${path}, so ${key} is not uploaded`,
      { hint: `Its output is in the lines of [${line.source}] above. It was: ${this.#line}` },
    );
  }
}

async function directories(roots: readonly WatchedRoot[]): Promise<readonly Buildpack[]> {
  const buildpacks = roots.filter((root) => root.kind === 'buildpack');
  const kinds = await Promise.all(
    buildpacks.map(async ({ path }) => (await stat(path).catch(() => undefined))?.isDirectory() === true),
  );
  return buildpacks.filter((_, i) => kinds[i]);
}

function isBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(join(folder, sep));
}
