import { readFileSync, watch } from 'node:fs';
import { CfstageError, systemErrorCode } from '../errors.ts';

/**
 * Watches the entries of one directory, until it is closed. `onEvent` gets the name of an entry that was made, removed or
 * written to, or undefined when anything may have changed. Undefined when there is no such directory (any more). Raises
 * WATCH_LIMIT_REACHED.
 */
export function watchDirectory(
  directory: string,
  onEvent: (name: string | undefined) => void,
): Disposable | undefined {
  try {
    const watcher = watch(directory, (_, name) => onEvent(name ?? undefined));
    watcher.on('error', () => {
      watcher.close();
      onEvent(undefined);
    });
    return { [Symbol.dispose]: () => watcher.close() };
  } catch (error) {
    const code = systemErrorCode(error);
    // Source of both: inotify(7).
    if (code === 'ENOSPC') throw limitReached(directory, 'max_user_watches', error);
    if (code === 'EMFILE') throw limitReached(directory, 'max_user_instances', error);
    return undefined;
  }
}

/** How many events the kernel holds for a process that is busy; it drops those that come when there are more. */
export function eventQueueLength(): number {
  return readLimit('max_queued_events') ?? 16_384;
}

function limitReached(directory: string, name: string, cause: unknown): CfstageError {
  const limit = readLimit(name);
  const key = `fs.inotify.${name}`;
  return new CfstageError(
    'WATCH_LIMIT_REACHED',
    `'${directory}' cannot be watched: the kernel's limit ${key}${limit === undefined ? '' : ` (${limit})`} is reached`,
    {
      hint: `Raise it with \`sudo sysctl ${key}=${(limit ?? 65_536) * 4}\` (for good: a line in /etc/sysctl.d), or leave large directories out with --ignore or in .cfignore.`,
      cause,
    },
  );
}

function readLimit(name: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/fs/inotify/${name}`, 'utf8'));
  } catch {
    return undefined;
  }
}
