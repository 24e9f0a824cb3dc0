import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readlinkSync, readSync, statSync, type Stats } from 'node:fs';

/** What is compared of a path to tell whether it has changed. */
export interface FileState {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly mode: number;
  readonly size: number;
  readonly inode: number;
  readonly ctimeMs: number;
  /** It was written so shortly before it was looked at that a later write may carry the same time. */
  readonly isFresh: boolean;
  /** Of a symlink. */
  readonly target?: string;
  /** Of a file's content, once it has been read. */
  digest?: string;
}

/** Longer than the tick of any kernel, by which files are stamped. */
const TICK_MS = 20;

/** By then whoever watches has been told of a write that came after the state was read. */
export const SETTLED_MS = 100;

/** A larger file counts as changed whenever it is written to. */
export const LARGEST_DIGESTED_BYTES = 16 * 1024 ** 2;
const CHUNK_BYTES = 256 * 1024;

/** Undefined when there is nothing, or nothing that can be read. `follow` looks at what a symlink leads to. */
export function readState(path: string, follow = false): FileState | undefined {
  try {
    // Synchronous on purpose: a stat by the thread pool costs several times the stat itself, for every file.
    const stats = follow ? statSync(path) : lstatSync(path);
    const kind = kindOf(stats);
    const { size, ino: inode, ctimeMs } = stats;
    return {
      ...{ kind, mode: stats.mode & 0o7777, size, inode, ctimeMs },
      isFresh: Date.now() - ctimeMs < TICK_MS,
      ...(kind === 'symlink' ? { target: readlinkSync(path) } : {}),
    };
  } catch {
    return undefined;
  }
}

/**
 * Whether there is something else at the path now. Times and inodes do not count when the content is known to be the
 * same; what is learnt about it is noted in `after`.
 */
export function hasChanged(
  path: string,
  before: FileState | undefined,
  after: FileState | undefined,
): boolean {
  if (before === undefined || after === undefined) return before !== after;
  if (before.kind !== after.kind || before.mode !== after.mode) return true;
  if (before.kind === 'symlink') return before.target !== after.target;
  if (before.kind !== 'file') return false;
  if (before.size !== after.size) return true;
  if (!before.isFresh && hasSameStamp(before, after)) {
    if (before.digest !== undefined) after.digest = before.digest;
    return false;
  }
  if (before.digest === undefined) return true;
  const digest = digestOf(path);
  if (digest !== undefined && !after.isFresh) after.digest = digest;
  return digest !== before.digest;
}

/**
 * Notes what is in the file, if that is certain to belong to the state; nobody may have been told of a change since.
 * Answers false when it is too early to tell.
 */
export function learnContent(path: string, state: FileState, follow = false): boolean {
  if (state.kind !== 'file' || state.digest !== undefined || state.size > LARGEST_DIGESTED_BYTES) return true;
  if (Date.now() - state.ctimeMs < SETTLED_MS) return false;
  const digest = digestOf(path);
  const now = readState(path, follow);
  if (digest !== undefined && now !== undefined && hasSameStamp(state, now)) state.digest = digest;
  return true;
}

/** Whether nothing has been written to it, as far as the file system tells. */
export function hasSameStamp(before: FileState, after: FileState): boolean {
  return before.inode === after.inode && before.ctimeMs === after.ctimeMs && before.size === after.size;
}

function digestOf(path: string): string | undefined {
  try {
    const hash = createHash('sha1');
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      for (;;) {
        const count = readSync(file, buffer);
        if (count === 0) return hash.digest('hex');
        hash.update(buffer.subarray(0, count));
      }
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function kindOf(stats: Stats): FileState['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}
