import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { systemErrorCode } from '../errors.ts';
import { stateError } from './state-error.ts';

const CHUNK_BYTES = 256 * 1024;

/** A file of the state folder, held open so that nobody who replaces it takes it away. */
export interface HeldFile extends AsyncDisposable {
  /** When it was opened. */
  readonly bytes: number;
  /** From its beginning each time. */
  open(): Readable;
}

/** Undefined when there is none. Raises STATE_UNREADABLE. */
export async function holdFile(path: string): Promise<HeldFile | undefined> {
  try {
    const file = await open(path);
    const { size } = await file.stat();
    return {
      bytes: size,
      open: () => Readable.from(chunksOf(file), { objectMode: false }),
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw stateError(error, path);
  }
}

/** Not the file's own stream, which closes the file when it is destroyed. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
