import { watch, type FSWatcher } from 'node:fs';

/** Tells that something in a folder may have changed. */
export interface FolderChanges extends Disposable {
  /** Resolves at the next change, at the latest after the poll interval, and when the signal fires. */
  next(): Promise<void>;
}

/** Network file systems report nothing, and a folder that does not exist yet cannot be watched. */
const POLL_MILLISECONDS = 250;

/** Watches a folder, without its sub-folders, until it is disposed of. */
export function watchFolder(folder: string, signal: AbortSignal): FolderChanges {
  let changed = false;
  let wake: () => void = () => undefined;
  const notice = (): void => {
    changed = true;
    wake();
  };
  let watcher = tryWatch(folder, notice);
  signal.addEventListener('abort', notice, { once: true });
  return {
    next: async () => {
      watcher ??= tryWatch(folder, notice);
      if (!changed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, POLL_MILLISECONDS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      changed = false;
    },
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', notice);
      watcher?.close();
      wake();
    },
  };
}

function tryWatch(folder: string, notice: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, notice);
    // Polling goes on without it.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
