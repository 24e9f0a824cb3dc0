import { fileURLToPath } from 'node:url';

/** New content of a file: itself, or made from the old text (empty where there is no such file). */
export type FileContent = string | Uint8Array | ((text: string) => string);

/** A path on this machine; a URL is one of `file:`, e.g. `new URL('./app', import.meta.url)`. */
export type Place = string | URL;

/** One change to a copy of a folder. Paths are relative to it. */
export type FixtureChange =
  | { readonly kind: 'write'; readonly path: string; readonly content: FileContent }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'mode'; readonly path: string; readonly mode: number };

/** A folder with changes, which are made to a copy. Immutable: each call gives a new one. */
export class Fixture {
  /** Absent: an empty folder. */
  readonly folder: string | undefined;
  readonly changes: readonly FixtureChange[];

  constructor(folder: string | undefined, changes: readonly FixtureChange[] = []) {
    this.folder = folder;
    this.changes = changes;
  }

  /** With these files, new or in place of its own. A new one has mode 0644, a replaced one keeps its mode. */
  with(files: Readonly<Record<string, FileContent>>): Fixture {
    return this.#and(
      ...Object.entries(files).map(([path, content]) => ({ kind: 'write' as const, path, content })),
    );
  }

  /** Without these files or folders. One that is not there is an error when it is used. */
  without(...paths: readonly string[]): Fixture {
    return this.#and(...paths.map((path) => ({ kind: 'remove' as const, path })));
  }

  /** With this mode of a file, e.g. `0o755`. */
  withMode(path: string, mode: number): Fixture {
    return this.#and({ kind: 'mode', path, mode });
  }

  #and(...more: readonly FixtureChange[]): Fixture {
    return new Fixture(this.folder, [...this.changes, ...more]);
  }
}

/** A folder to be copied and changed; without one, an empty folder. */
export function fixture(folder?: Place): Fixture {
  return new Fixture(folder === undefined ? undefined : placePath(folder));
}

export function placePath(place: Place): string {
  return typeof place === 'string' ? place : fileURLToPath(place);
}
