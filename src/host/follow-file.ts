import { open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { watchFolder } from './folder-changes.ts';
import type { LogPlace } from './log-file.ts';
import { stateError } from './state-error.ts';
import { systemErrorCode } from '../errors.ts';

/** How a file is followed. */
export interface Following {
  /** Whether the lines that are there already come first; a file that appears later is read from its start anyway. */
  readonly fromStart: boolean;
  /** Ends the iteration, without an error. */
  readonly signal: AbortSignal;
}

const CHUNK_BYTES = 64 * 1024;

/**
 * The lines of a growing log as they are completed, some at a time, until the signal fires. Its file may not exist yet,
 * be put aside (the rest of it comes first, then what was put aside after it) or be cut short (it is read from its start
 * again). Raises STATE_UNREADABLE.
 */
export async function* followLines(
  place: LogPlace,
  following: Following,
): AsyncGenerator<readonly string[], void, undefined> {
  const { path } = place;
  const { fromStart, signal } = following;
  using changes = watchFolder(dirname(path), signal);
  let file: OpenLog | undefined;
  let isFirst = true;
  try {
    while (!signal.aborted) {
      file ??= await OpenLog.open(path, fromStart || !isFirst);
      isFirst = false;
      if (file !== undefined) {
        yield* file.newLines(signal);
        if (await file.isReplaced(path)) {
          // What was written between the last read and the rename.
          yield* file.newLines(signal);
          const next = await openNext(file, place);
          if (next !== undefined) {
            await file.close();
            file = next;
            continue;
          }
        }
      }
      await changes.next();
    }
  } catch (error) {
    throw stateError(error, path);
  } finally {
    await file?.close();
  }
}

/** The file that was begun after `file`; undefined while there is none. */
async function openNext(file: OpenLog, { path, older }: LogPlace): Promise<OpenLog | undefined> {
  const newest = await OpenLog.open(path, true);
  try {
    // In this order: when `file` is the one before the newest even now, no other one came between them.
    const put = await OpenLog.open(older, true);
    if (put === undefined) return newest;
    const [next, other] = put.ino === file.ino ? [newest, put] : [put, newest];
    await other?.close();
    return next;
  } catch (error) {
    await newest?.close();
    throw error;
  }
}

class OpenLog {
  readonly ino: number;
  readonly #file: FileHandle;
  readonly #buffer = Buffer.alloc(CHUNK_BYTES);
  readonly #decoder = new StringDecoder('utf8');
  #position: number;
  #partial = '';

  private constructor(file: FileHandle, ino: number, position: number) {
    this.ino = ino;
    this.#file = file;
    this.#position = position;
  }

  static async open(path: string, fromStart: boolean): Promise<OpenLog | undefined> {
    try {
      const file = await open(path, 'r');
      const { ino, size } = await file.stat();
      return new OpenLog(file, ino, fromStart ? 0 : size);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async *newLines(signal: AbortSignal): AsyncGenerator<readonly string[], void, undefined> {
    if ((await this.#file.stat()).size < this.#position) {
      this.#position = 0;
      this.#partial = '';
    }
    while (!signal.aborted) {
      const { bytesRead } = await this.#file.read(this.#buffer, 0, CHUNK_BYTES, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      const lines = (this.#partial + this.#decoder.write(this.#buffer.subarray(0, bytesRead))).split('\n');
      this.#partial = lines.pop() ?? '';
      if (lines.length > 0) yield lines;
    }
  }

  /** Whether the path names another file by now. A path that names none may get its file back. */
  async isReplaced(path: string): Promise<boolean> {
    try {
      return (await stat(path)).ino !== this.ino;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
