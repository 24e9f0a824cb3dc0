import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openFile, unreadable } from './file-content.ts';
import type { Entry } from '../archive/entry.ts';
import { CfstageError, interruption, type UserErrorCode } from '../errors.ts';

/** How a directory is walked. */
export interface Walk {
  /** Whether the walk goes into a directory. */
  readonly enters: (path: string) => boolean;
  /** Whether a file, symlink or directory is listed. */
  readonly lists: (path: string) => boolean;
  /** Code of the error for whatever cannot be read. */
  readonly code: UserErrorCode;
}

/**
 * What is below a directory, never following a symlink, each directory before its content, siblings sorted by name.
 * Files are opened when they are sent. Sockets, pipes and devices are errors.
 */
export async function* walkDirectory(
  root: string,
  walk: Walk,
  signal?: AbortSignal,
): AsyncGenerator<Entry, void, undefined> {
  yield* walkBelow('', root, walk, signal);
}

async function* walkBelow(
  folder: string,
  root: string,
  walk: Walk,
  signal: AbortSignal | undefined,
): AsyncGenerator<Entry, void, undefined> {
  if (signal?.aborted === true) throw interruption(signal);
  for (const name of await namesIn(join(root, folder), walk.code)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const entry = describe(path, join(root, path), walk);
    if (entry === undefined) continue;
    if (walk.lists(path)) yield entry;
    if (entry.type === 'directory' && walk.enters(path)) yield* walkBelow(path, root, walk, signal);
  }
}

async function namesIn(directory: string, code: UserErrorCode): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    throw unreadable(directory, code, error);
  }
}

function describe(path: string, location: string, { code, lists }: Walk): Entry | undefined {
  // Synchronous on purpose: a stat by the thread pool costs several times the stat itself, for every file.
  let stats: Stats;
  try {
    stats = lstatSync(location);
    const base = { path, mode: stats.mode & 0o7777, mtime: stats.mtimeMs };
    if (stats.isDirectory()) return { ...base, type: 'directory' };
    if (stats.isSymbolicLink()) return { ...base, type: 'symlink', target: readlinkSync(location) };
    if (stats.isFile()) {
      const { size, ino, ctimeMs } = stats;
      const version = `${ino} ${ctimeMs}`;
      return { ...base, type: 'file', size, version, open: () => openFile(location, size, code) };
    }
  } catch (error) {
    if (!lists(path)) return undefined;
    throw unreadable(location, code, error);
  }
  if (!lists(path)) return undefined;
  throw new CfstageError(code, `'${location}' is a ${specialKind(stats)} and cannot be sent`, {
    hint: 'Only files, directories and symlinks can be; remove it or name it in .cfignore.',
  });
}

function specialKind(stats: Stats): string {
  if (stats.isSocket()) return 'socket';
  return stats.isFIFO() ? 'named pipe' : 'device';
}
