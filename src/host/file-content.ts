import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { CfstageError, systemErrorCode, type UserErrorCode } from '../errors.ts';

/** Files up to this size are read at once, without the cost of a stream and of trips through the thread pool. */
const SMALL_FILE_BYTES = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;

/**
 * The content of a file that had `size` bytes when it was listed. Raises `code` when it cannot be opened; a file whose
 * size is another by now is left for the archive writer to refuse.
 */
export function openFile(location: string, size: number, code: UserErrorCode): Readable | Buffer {
  try {
    const file = openSync(location, 'r');
    if (size > SMALL_FILE_BYTES) {
      return createReadStream(location, { fd: file, autoClose: true, highWaterMark: CHUNK_BYTES });
    }
    try {
      return readWhole(file, size);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(location, code, error);
  }
}

/** The whole file if it still has `size` bytes; else a buffer of the other length, at most one byte longer. */
function readWhole(file: number, size: number): Buffer {
  const actual = fstatSync(file).size;
  const content = piece(Math.min(actual, size + 1));
  let filled = 0;
  while (filled < content.length) {
    const count = readSync(file, content, filled, content.length - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return content.subarray(0, filled);
}

/** Small buffers are cut from a large one: thousands of their own keep much more memory until they are collected. */
const SLAB_BYTES = 512 * 1024;
let slab = Buffer.alloc(0);

function piece(length: number): Buffer {
  if (slab.length < length) slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  const cut = slab.subarray(0, length);
  slab = slab.subarray(length);
  return cut;
}

/** The error for a file or directory that cannot be read. */
export function unreadable(location: string, code: UserErrorCode, cause: unknown): CfstageError {
  const detail = systemErrorCode(cause);
  if (detail === 'ENOENT') {
    return new CfstageError(code, `'${location}' went away while it was read`, {
      hint: 'Let whatever changes the directory finish, and try again. (Names have to be valid UTF-8.)',
      cause,
    });
  }
  const why = detail === 'EACCES' || detail === 'EPERM' ? 'permission denied' : (detail ?? String(cause));
  return new CfstageError(code, `'${location}' cannot be read: ${why}`, {
    hint: 'Check its permissions, or leave it out by a line in .cfignore.',
    cause,
  });
}
