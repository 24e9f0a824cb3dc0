import { setTimeout as delay } from 'node:timers/promises';
import { eventQueueLength } from './directory-watch.ts';
import { SETTLED_MS } from './file-state.ts';
import { Settling, type Burst } from './settling.ts';
import type { WatchRoot } from './watch-filter.ts';
import { WatchedTree } from './watched-tree.ts';

export type { WatchRoot } from './watch-filter.ts';

/** What has changed in one go: at a save, by a checkout. */
export interface ChangedPaths {
  /** Absolute, below the roots as they were given; those of what is gone as well. */
  readonly paths: readonly string[];
  /** When the first change was noticed, on the clock of `performance.now()`. */
  readonly seenAt: number;
}

/**
 * Watches directories with all that is in them, and single files. A burst of changes is told as one. What has the same
 * content and mode as before has not changed. Nothing is missed from the end of `watch` on, also while nobody waits.
 */
export class ChangeWatcher implements Disposable {
  readonly #lines: readonly string[];
  readonly #settling = new Settling();
  readonly #trees = new Map<string, WatchedTree>();
  #failure: { readonly error: unknown } | undefined;

  /** `ignoreLines` are patterns as in a .cfignore; what matches them below a root is not told. */
  constructor(ignoreLines: readonly string[] = []) {
    this.#lines = ignoreLines;
  }

  /** Watches these roots from now on; what was one before goes on as it was. Raises WATCH_LIMIT_REACHED. */
  async watch(roots: readonly WatchRoot[]): Promise<void> {
    const wanted = new Map(roots.map((root) => [JSON.stringify([root.path, root.honoursCfIgnore]), root]));
    for (const [key, tree] of this.#trees) {
      if (wanted.has(key)) continue;
      tree[Symbol.dispose]();
      this.#trees.delete(key);
    }
    for (const [key, root] of wanted) {
      if (this.#trees.has(key)) continue;
      const tree = new WatchedTree(root, this.#lines, (error) => {
        if (error !== undefined) this.#failure ??= { error };
        this.#settling.note();
      });
      this.#trees.set(key, tree);
      await tree.open();
    }
  }

  /** Resolves with the next change that is one, once it is over. Raises WATCH_LIMIT_REACHED. */
  async next(signal: AbortSignal): Promise<ChangedPaths> {
    for (;;) {
      await this.#begun(signal);
      const changed = this.#collect(await this.#settling.over(signal));
      if (changed.paths.length > 0) return changed;
    }
  }

  /** What has changed up to now, perhaps nothing, once that is over. */
  async rest(signal: AbortSignal): Promise<readonly string[]> {
    // What the kernel has told is not here yet.
    this.#settling.note();
    return this.#collect(await this.#settling.over(signal)).paths;
  }

  [Symbol.dispose](): void {
    for (const tree of this.#trees.values()) tree[Symbol.dispose]();
    this.#trees.clear();
  }

  /**
   * Reads what is in the files, so that one that is only touched later is not told. `next` does that while there is
   * nothing else to do.
   */
  async learn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let isComplete = true;
      for (const tree of this.#trees.values()) {
        isComplete = (await tree.learn(signal)) && isComplete;
      }
      if (isComplete) return;
      await delay(SETTLED_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #collect({ firstAt, events }: Burst): ChangedPaths {
    if (this.#failure !== undefined) throw this.#failure.error;
    // The kernel drops events without a word when its queue is full.
    const mayHaveLost = events > eventQueueLength() / 2;
    const paths = new Set<string>();
    for (const tree of this.#trees.values()) {
      if (mayHaveLost) tree.touchAll();
      for (const path of tree.collect()) paths.add(path);
    }
    return { paths: [...paths], seenAt: firstAt };
  }

  async #begun(signal: AbortSignal): Promise<void> {
    const busy = new AbortController();
    const learning = this.learn(AbortSignal.any([signal, busy.signal]));
    try {
      await this.#settling.begun(signal);
    } finally {
      busy.abort();
      await learning;
    }
  }
}
