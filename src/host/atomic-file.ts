import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { diskFull, stateError } from './state-error.ts';
import { temporaryTag } from './temporary-name.ts';
import { CfstageError, interruption } from '../errors.ts';

/** State can hold credentials, so only its owner reads it. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Droplets are large, and a write that waits for its turn holds up the app that reads the same stream. */
const BUFFER_BYTES = 1024 * 1024;

/**
 * Writes a file (mode 0600, its folder made if missing) so that readers see the old content or the new, never a part.
 * Raises DISK_FULL and STATE_UNREADABLE.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await replaceFile(path, (temporary) => writeFile(temporary, content, { mode: FILE_MODE, flag: 'wx' }));
}

/**
 * The same for a stream. On every failure the old file stays, the temporary one is removed and `source` is destroyed;
 * an error of `source` that is ours is passed on as it is, an aborted `signal` rejects with its interruption.
 */
export async function writeStreamAtomically(
  path: string,
  source: Readable,
  signal?: AbortSignal,
): Promise<void> {
  // It may fail before the pipeline listens.
  source.on('error', () => undefined);
  try {
    await replaceFile(path, async (temporary) => {
      // Opened first: a stream that is destroyed while it opens would make the file after its removal.
      const target = (await open(temporary, 'wx', FILE_MODE)).createWriteStream({
        highWaterMark: BUFFER_BYTES,
      });
      if (source.errored !== null) {
        target.destroy();
        throw source.errored;
      }
      await pipeline(source, target, signal === undefined ? {} : { signal });
    });
  } catch (error) {
    source.destroy();
    if (signal?.aborted === true) throw interruption(signal);
    throw error;
  }
}

/** Has `write` fill a temporary file beside `path` and puts it in place; an error that is not the disk's stays as it is. */
export async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}${temporaryTag()}.tmp`);
  try {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw isFileError(error) ? stateError(error, path) : (diskFull(error, path) ?? error);
  }
}

/** A Node.js file system error names its system call and path; what a source stream raises usually does not. */
function isFileError(error: unknown): boolean {
  return !(error instanceof CfstageError) && error instanceof Error && 'syscall' in error && 'path' in error;
}
