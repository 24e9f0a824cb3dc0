import { open, stat, type FileHandle } from 'node:fs/promises';
import type { LogPlace } from './log-file.ts';
import { stateError } from './state-error.ts';
import { systemErrorCode } from '../errors.ts';

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/** The last `count` complete lines of a log, over both of its files. Raises STATE_UNREADABLE. */
export async function readRecentLines({ path, older }: LogPlace, count: number): Promise<readonly string[]> {
  for (let before = await inodeAt(path); ;) {
    const lines = await readLastLines(path, count);
    const olderLines = await readLastLines(older, count - lines.length);
    const after = await inodeAt(path);
    // When the file was put aside meanwhile, its lines were read twice.
    if (after === before) return [...olderLines, ...lines];
    before = after;
  }
}

async function inodeAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).ino;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw stateError(error, path);
  }
}

/** The last `count` complete lines of a file, read from its end; none when it does not exist. Raises STATE_UNREADABLE. */
export async function readLastLines(path: string, count: number): Promise<readonly string[]> {
  if (count <= 0) return [];
  try {
    const file = await open(path, 'r');
    try {
      return await linesFromEnd(file, count);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw stateError(error, path);
  }
}

async function linesFromEnd(file: FileHandle, count: number): Promise<readonly string[]> {
  const chunks: Buffer[] = [];
  let position = (await file.stat()).size;
  // The line feed that ends the last line does not begin another one, so one more is needed.
  for (let lineFeeds = 0; position > 0 && lineFeeds <= count;) {
    const length = Math.min(CHUNK_BYTES, position);
    position -= length;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    const chunk = buffer.subarray(0, bytesRead);
    for (const byte of chunk) if (byte === LINE_FEED) lineFeeds += 1;
    chunks.unshift(chunk);
  }
  // What follows the last line feed is still being written.
  const lines = Buffer.concat(chunks).toString('utf8').split('\n').slice(0, -1);
  return lines.slice(-count);
}
