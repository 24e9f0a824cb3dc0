import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { readStateText } from './app-store.ts';
import { writeFileAtomically, writeStreamAtomically } from './atomic-file.ts';
import { encodeAppName, type Home } from './home.ts';

/** Images of stacks as tars in the state folder, for machines that begin empty each time. */
export class ImageCache {
  readonly #folder: string;

  constructor({ images }: Home) {
    this.#folder = images;
  }

  /** The tar of an image, with the id it had; undefined where there is none. */
  async find(reference: string): Promise<{ readonly id: string; open(): Readable } | undefined> {
    const path = this.#path(reference);
    const [id, stats] = await Promise.all([readStateText(`${path}.id`), stat(path).catch(() => undefined)]);
    if (id === undefined || stats === undefined) return undefined;
    return { id, open: () => createReadStream(path, { highWaterMark: 1024 * 1024 }) };
  }

  /** Keeps one. Raises DISK_FULL. */
  async keep(reference: string, id: string, tar: Readable, signal: AbortSignal): Promise<void> {
    const path = this.#path(reference);
    await writeStreamAtomically(path, tar, signal);
    // Last, so that a tar without it, or of another image, counts as none.
    await writeFileAtomically(`${path}.id`, id);
  }

  #path(reference: string): string {
    return join(this.#folder, `${encodeAppName(reference)}.tar`);
  }
}
