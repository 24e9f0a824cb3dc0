import { createReadStream, existsSync } from 'node:fs';
import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import { CfstageError } from '../errors.ts';
import { appFiles, readStateText } from '../host/app-store.ts';
import { writeFileAtomically, writeStreamAtomically } from '../host/atomic-file.ts';
import type { ListedOptions } from '../stager/staging-container.ts';
import type { LocalBench } from './workbench.ts';

/** Makes the directory of `$1`, and those above it that are missing, vcap's. */
const MAKE_SCRIPT = `path=
IFS=/ read -ra parts <<<"\${1#/}"
for part in "\${parts[@]}"; do
  path=$path/$part
  [ -d "$path" ] || install -d -o vcap -g vcap -m 0755 "$path" || exit
done`;

/**
 * The paths of --persist, one archive each in the app's folder of the state, by stack. No state of the staging container
 * holds them and no redo touches them. Owners and modes stay as the buildpacks left them; a directory that is not there yet
 * is made, for vcap, mode 0755.
 */
export class PersistedPaths {
  /** Which app is staged, and on which stack. */
  of: { readonly app: string; readonly stack: string } | undefined;
  readonly #paths: readonly string[];
  readonly #bench: LocalBench;

  constructor(paths: readonly string[], bench: LocalBench) {
    this.#paths = paths;
    this.#bench = bench;
  }

  /** For the staging containers that are to have them. */
  get options(): ListedOptions {
    if (this.#paths.length === 0) return {};
    return {
      unlisted: this.#paths,
      prepare: (container, signal) => this.#putIn(container, signal),
      finish: (container) => this.#takeOut(container),
    };
  }

  async #putIn(container: Container, signal: AbortSignal): Promise<void> {
    await this.#note(container);
    for (const path of this.#paths) {
      const argv = ['/bin/bash', '-c', MAKE_SCRIPT, 'make', path];
      const env = { PATH: '/usr/bin:/bin' };
      const { exitCode } = await runToEnd(container, { argv, env, user: 'root', workingDir: '/' }, signal);
      if (exitCode !== 0) {
        throw new CfstageError(
          'USAGE',
          `--persist ${path}: it cannot be a directory in the staging container`,
          {
            hint: 'Something that is none is in its place on this stack. Name another path.',
          },
        );
      }
      const file = this.#file(path);
      if (file !== undefined && existsSync(file))
        await container.upload(createReadStream(file), path, signal);
    }
  }

  /** What cannot be taken out is told: nothing that is staged depends on it. */
  async #takeOut(container: Container): Promise<void> {
    if (this.of !== undefined) await takeOut(container, this.of, this.#paths, this.#bench);
  }

  /** For whoever comes after this process was killed. */
  async #note({ id }: Container): Promise<void> {
    if (this.of === undefined) return;
    const { app, stack } = this.of;
    const note: Note = { id, stack, paths: this.#paths };
    await writeFileAtomically(appFiles(this.#bench.home, app).persisting, JSON.stringify(note));
  }

  #file(path: string): string | undefined {
    if (this.of === undefined) return undefined;
    return appFiles(this.#bench.home, this.of.app).persisted(this.of.stack, path);
  }
}

/** Takes them out of the staging container of a watch that was killed, if it is the last one that had any. */
export async function rescuePersisted(app: string, container: Container, bench: LocalBench): Promise<void> {
  const note = parseNote(await readStateText(appFiles(bench.home, app).persisting));
  if (note?.id !== container.id) return;
  await takeOut(container, { app, stack: note.stack }, note.paths, bench);
}

interface Note {
  readonly id: string;
  readonly stack: string;
  readonly paths: readonly string[];
}

function parseNote(text: string | undefined): Note | undefined {
  try {
    const note = JSON.parse(text ?? 'null') as Partial<Note> | null;
    return typeof note?.stack === 'string' && Array.isArray(note.paths) ? (note as Note) : undefined;
  } catch {
    return undefined;
  }
}

async function takeOut(
  container: Container,
  { app, stack }: { readonly app: string; readonly stack: string },
  paths: readonly string[],
  { home, emit }: LocalBench,
): Promise<void> {
  for (const path of paths) {
    try {
      const file = appFiles(home, app).persisted(stack, path);
      await writeStreamAtomically(file, await container.download(`${path}/.`));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      await emit({ type: 'warning', message: `${path} could not be kept: ${why}` });
    }
  }
}
