import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { watchDirectory } from './directory-watch.ts';
import { hasChanged, hasSameStamp, learnContent, readState, type FileState } from './file-state.ts';
import { RootAnchor } from './root-anchor.ts';
import { CF_IGNORE, watchFilter, type WatchFilter, type WatchRoot } from './watch-filter.ts';

interface Folder {
  readonly watch: Disposable;
  readonly inode: number;
  /** Of all that was ever seen in it. */
  readonly names: Set<string>;
}

/** How long nobody else has a turn. */
const SLICE_MS = 8;

/** The root itself. */
const ROOT = '';

/**
 * One root with all that is below it: how each path was when it was told last, and which ones were touched since. Its
 * directories are watched one by one; what is in a new one is looked up once it is watched, so that nothing is missed.
 */
export class WatchedTree implements Disposable {
  readonly #root: WatchRoot;
  readonly #lines: readonly string[];
  readonly #onEvent: (error?: unknown) => void;
  readonly #states = new Map<string, FileState>();
  readonly #folders = new Map<string, Folder>();
  /** With the state that was told last. */
  readonly #touched = new Map<string, FileState | undefined>();
  #filter: WatchFilter;
  #anchor: RootAnchor | undefined;

  /** `onEvent` gets the error when something cannot be watched. */
  constructor(root: WatchRoot, lines: readonly string[], onEvent: (error?: unknown) => void) {
    this.#root = root;
    this.#lines = lines;
    this.#onEvent = onEvent;
    this.#filter = watchFilter(root, lines);
  }

  /** Takes what is there for told. Raises WATCH_LIMIT_REACHED. */
  async open(): Promise<void> {
    this.#anchor = new RootAnchor(this.#root.path, () => this.#guarded(() => this.#rootEvent()));
    this.#accept(ROOT);
    let turn = performance.now();
    for (const path of this.#walk(ROOT)) {
      if (this.#filter.includes(path)) this.#accept(path);
      if (performance.now() - turn < SLICE_MS) continue;
      await nextTurn();
      turn = performance.now();
    }
  }

  [Symbol.dispose](): void {
    this.#anchor?.[Symbol.dispose]();
    for (const { watch } of this.#folders.values()) watch[Symbol.dispose]();
    this.#folders.clear();
  }

  /** Looks everywhere: events were lost. */
  touchAll(): void {
    this.#rootEvent();
    for (const folder of [...this.#folders.keys()]) this.#touchFolder(folder);
  }

  /** Absolute paths of what is another than when it was told last. Takes it for told. */
  collect(): readonly string[] {
    const changed = new Set<string>();
    for (const [path, before] of this.#touched) {
      if (this.#hasChanged(path, before)) changed.add(this.#absolute(path));
    }
    this.#touched.clear();
    if (this.#root.honoursCfIgnore && changed.has(this.#absolute(CF_IGNORE))) {
      for (const path of this.#newRules()) changed.add(this.#absolute(path));
    }
    return [...changed];
  }

  /**
   * Reads contents that are not known yet, so that a file that is only touched later is not told. Answers false when it
   * was too early for some.
   */
  async learn(signal: AbortSignal): Promise<boolean> {
    let turn = performance.now();
    let isComplete = true;
    for (const [path, state] of this.#states) {
      if (!this.#touched.has(path)) {
        isComplete = learnContent(this.#absolute(path), state, path === ROOT) && isComplete;
      }
      if (performance.now() - turn < SLICE_MS) continue;
      await nextTurn();
      if (signal.aborted) return true;
      turn = performance.now();
    }
    return isComplete;
  }

  /** Starts anew with the .cfignore of now. Answers what has not been told under the old one. */
  *#newRules(): Generator<string, void, undefined> {
    this.#filter = watchFilter(this.#root, this.#lines);
    for (const path of [...this.#states.keys()]) {
      if (path !== ROOT && !this.#filter.includes(path)) this.#states.delete(path);
    }
    for (const { watch } of this.#folders.values()) watch[Symbol.dispose]();
    this.#folders.clear();
    for (const path of this.#walk(ROOT)) {
      if (!this.#filter.includes(path)) continue;
      const before = this.#states.get(path);
      const now = this.#state(path);
      const isSame = before !== undefined && now !== undefined && hasSameStamp(before, now);
      if (!isSame && this.#hasChanged(path, before)) yield path;
    }
  }

  #absolute(path: string): string {
    return path === ROOT ? this.#root.path : join(this.#root.path, path);
  }

  #state(path: string): FileState | undefined {
    return readState(this.#absolute(path), path === ROOT);
  }

  #accept(path: string): void {
    const state = this.#state(path);
    if (state === undefined) this.#states.delete(path);
    else this.#states.set(path, state);
  }

  #hasChanged(path: string, before: FileState | undefined): boolean {
    const after = this.#state(path);
    const is = hasChanged(this.#absolute(path), before, after);
    if (after === undefined) this.#states.delete(path);
    else this.#states.set(path, after);
    return is;
  }

  #touch(path: string): void {
    if (!this.#touched.has(path)) this.#touched.set(path, this.#states.get(path));
  }

  #guarded(work: () => void): void {
    try {
      work();
      this.#onEvent();
    } catch (error) {
      this.#onEvent(error);
    }
  }

  #rootEvent(): void {
    this.#touch(ROOT);
    this.#refresh(ROOT);
  }

  #event(folder: string, name: string | undefined): void {
    if (name === undefined) {
      this.#guarded(() => this.#touchFolder(folder));
      return;
    }
    const path = below(folder, name);
    if (this.#filter.includes(path) || this.#filter.enters(path))
      this.#guarded(() => this.#note(folder, name));
  }

  #note(folder: string, name: string): void {
    const path = below(folder, name);
    this.#folders.get(folder)?.names.add(name);
    if (this.#filter.includes(path)) this.#touch(path);
    this.#refresh(path);
  }

  #touchFolder(folder: string): void {
    const names = entriesOf(this.#absolute(folder)).map((entry) => entry.name);
    for (const name of [...(this.#folders.get(folder)?.names ?? []), ...names]) this.#note(folder, name);
  }

  /** Watches what has become a directory, no longer what is none or another one by now. */
  #refresh(path: string): void {
    const known = this.#folders.get(path);
    const state = this.#state(path);
    const isDirectory = state?.kind === 'directory';
    if (known !== undefined && (!isDirectory || state.inode !== known.inode)) this.#forget(path);
    if (!isDirectory || this.#folders.has(path)) return;
    for (const found of this.#walk(path)) if (this.#filter.includes(found)) this.#touch(found);
  }

  #forget(folder: string): void {
    const known = this.#folders.get(folder);
    if (known === undefined) return;
    known.watch[Symbol.dispose]();
    this.#folders.delete(folder);
    for (const name of known.names) {
      const path = below(folder, name);
      if (this.#states.has(path)) this.#touch(path);
      this.#forget(path);
    }
  }

  /** Watches a directory and all below it. What is in a directory is listed when it is watched, and not before. */
  *#walk(folder: string): Generator<string, void, undefined> {
    if (folder !== ROOT && !this.#filter.enters(folder)) return;
    const location = this.#absolute(folder);
    const state = this.#state(folder);
    if (state?.kind !== 'directory') return;
    const watch = watchDirectory(location, (name) => this.#event(folder, name));
    if (watch === undefined) return;
    this.#folders.get(folder)?.watch[Symbol.dispose]();
    const names = new Set<string>();
    this.#folders.set(folder, { watch, inode: state.inode, names });
    for (const entry of entriesOf(location)) {
      names.add(entry.name);
      const path = below(folder, entry.name);
      yield path;
      if (entry.isDirectory()) yield* this.#walk(path);
    }
  }
}

function below(folder: string, name: string): string {
  return folder === ROOT ? name : `${folder}/${name}`;
}

/** None of a directory that is gone, or that may not be read: the read for the push tells of that. */
function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
