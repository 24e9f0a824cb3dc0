import { open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { watchFolder } from './folder-changes.ts';
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
 * The lines of a growing file as they are completed, until the signal fires. The file may not exist yet, be replaced
 * by a rename (the rest of the old one comes first) or be cut short (it is read from its start again). Raises
 * STATE_UNREADABLE.
 */
export async function* followLines(
  path: string,
  following: Following,
): AsyncGenerator<string, void, undefined> {
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
          await file.close();
          file = undefined;
          continue;
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

class OpenLog {
  readonly #file: FileHandle;
  readonly #decoder = new StringDecoder('utf8');
  #position: number;
  #partial = '';

  private constructor(file: FileHandle, position: number) {
    this.#file = file;
    this.#position = position;
  }

  static async open(path: string, fromStart: boolean): Promise<OpenLog | undefined> {
    try {
      const file = await open(path, 'r');
      return new OpenLog(file, fromStart ? 0 : (await file.stat()).size);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async *newLines(signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    if ((await this.#file.stat()).size < this.#position) {
      this.#position = 0;
      this.#partial = '';
    }
    while (!signal.aborted) {
      const { bytesRead } = await this.#file.read(buffer, 0, CHUNK_BYTES, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      const lines = (this.#partial + this.#decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      this.#partial = lines.pop() ?? '';
      yield* lines;
    }
  }

  /** Whether the path names another file by now. A path that names none may get its file back. */
  async isReplaced(path: string): Promise<boolean> {
    try {
      const [there, here] = await Promise.all([stat(path), this.#file.stat()]);
      return there.ino !== here.ino || there.dev !== here.dev;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
