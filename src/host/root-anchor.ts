import { realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { watchDirectory } from './directory-watch.ts';

interface Place {
  readonly folder: string;
  readonly name: string;
  readonly inode: number;
}

/**
 * Tells when a path may lead to something else: it was made, removed or replaced, or so was what its symlink leads to. Of a
 * path that does not exist the nearest directory above it is watched.
 */
export class RootAnchor implements Disposable {
  readonly #path: string;
  readonly #onEvent: () => void;
  #places: readonly Place[] = [];
  #watches: readonly Disposable[] = [];

  constructor(path: string, onEvent: () => void) {
    this.#path = path;
    this.#onEvent = onEvent;
    this.#set();
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches) watch[Symbol.dispose]();
    this.#watches = [];
  }

  /** What is watched may have been replaced itself, or have become less near than another. */
  #set(): boolean {
    let isMoved = false;
    for (;;) {
      const places = placesOf(this.#path);
      if (isSame(places, this.#places)) return isMoved;
      isMoved = true;
      this[Symbol.dispose]();
      this.#places = places;
      this.#watches = places
        .map(({ folder, name }) =>
          watchDirectory(folder, (changed) => {
            // The folder's own end is told by its own name.
            if (changed === undefined || changed === name || changed === basename(folder)) this.#event();
          }),
        )
        .filter((watch) => watch !== undefined);
    }
  }

  #event(): void {
    this.#set();
    this.#onEvent();
  }
}

function placesOf(path: string): readonly Place[] {
  const place = nearest(path);
  const target = targetOf(path);
  return target === path || target === undefined ? [place] : [place, nearest(target)];
}

function nearest(path: string): Place {
  let name = path;
  for (;;) {
    const folder = dirname(name);
    const inode = statSync(folder, { throwIfNoEntry: false })?.ino;
    if (inode !== undefined || folder === name) return { folder, name: basename(name), inode: inode ?? 0 };
    name = folder;
  }
}

function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isSame(some: readonly Place[], others: readonly Place[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
