import { mkdir, open, rename, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withFileLock } from './file-lock.ts';
import { systemErrorCode } from '../errors.ts';

/** Whoever writes more than this while a write is under way waits for it. */
const BATCH_CHARACTERS = 256 * 1024;

/** Where a log is written: the newest lines in `path`, those before them in `older`. */
export interface LogPlace {
  readonly path: string;
  readonly older: string;
}

/** When a file of a log is full: once it has both. */
export interface LogSize {
  readonly bytes: number;
  readonly lines: number;
}

/**
 * Appends lines to a log that other processes append to as well and follow. A file that is full takes the place of the
 * older one and a new one is begun, so that followers can tell and the newest `lines` are always there.
 */
export class LogFile {
  readonly #place: LogPlace;
  readonly #full: LogSize;
  #pending = '';
  #pendingLines = 0;
  #writing: Promise<void> | undefined;
  #batch: Promise<void> | undefined;
  #file: OpenFile | undefined;
  #failed = false;

  constructor(place: LogPlace, full: LogSize) {
    this.#place = place;
    this.#full = full;
  }

  /** Takes one line without its line end. A promise means that the disk is behind; it never rejects. */
  write(line: string): Promise<void> | undefined {
    // A full disk must not end the app; the terminal still has its log.
    if (this.#failed) return undefined;
    this.#pending += `${line}\n`;
    this.#pendingLines += 1;
    this.#writing ??= this.#writeAll();
    return this.#pending.length < BATCH_CHARACTERS ? undefined : (this.#batch ?? this.#writing);
  }

  /** Waits until all is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** The same, and closes the file; a later line opens it again. */
  async close(): Promise<void> {
    await this.flush();
    await this.#file?.handle.close().catch(() => undefined);
    this.#file = undefined;
  }

  async #writeAll(): Promise<void> {
    // The rest of the burst that has just begun.
    await Promise.resolve();
    while (this.#pending !== '') {
      const [text, lines] = [this.#pending, this.#pendingLines];
      this.#pending = '';
      this.#pendingLines = 0;
      this.#batch = this.#append(text, lines);
      await this.#batch;
    }
    this.#writing = undefined;
    this.#batch = undefined;
  }

  async #append(text: string, lines: number): Promise<void> {
    if (this.#failed) return;
    try {
      const file = await this.#current();
      await file.handle.appendFile(text);
      file.lines += lines;
    } catch {
      this.#failed = true;
    }
  }

  /** The file to write to: another process may have put a new one in place, and a full one is put aside. */
  async #current(): Promise<OpenFile> {
    const { path } = this.#place;
    if (this.#file === undefined) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return (this.#file = await openFile(path));
    }
    const found = await sizeAt(path);
    const isOurs = found?.ino === this.#file.ino;
    if (isOurs && !this.#isFull(found.size, this.#file.lines)) return this.#file;
    if (isOurs) await this.#putAside(this.#file);
    return await this.#reopen(this.#file);
  }

  #isFull(size: number, lines: number): boolean {
    return size >= this.#full.bytes && lines >= this.#full.lines;
  }

  async #putAside({ ino }: OpenFile): Promise<void> {
    const { path, older } = this.#place;
    await withFileLock(`${path}.lock`, async () => {
      if ((await sizeAt(path))?.ino === ino) await rename(path, older);
    });
  }

  /** Without its folder the app has been deleted, and its last lines go nowhere. */
  async #reopen(before: OpenFile): Promise<OpenFile> {
    try {
      this.#file = await openFile(this.#place.path);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return before;
      throw error;
    }
    await before.handle.close();
    return this.#file;
  }
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly ino: number;
  /** Lines that were written through this handle; what was there before may be none. */
  lines: number;
}

async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path, 'a', 0o600);
  return { handle, ino: (await handle.stat()).ino, lines: 0 };
}

async function sizeAt(path: string): Promise<{ readonly ino: number; readonly size: number } | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
