import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CfstageError, systemErrorCode } from '../errors.ts';
import type { Home } from '../host/home.ts';
import { stateError } from '../host/state-error.ts';
import { currentDroplet, dropletFile, type StoredDroplet } from './droplet-store.ts';
import { requireKnownApp } from './known-app.ts';

const CHUNK_BYTES = 256 * 1024;

/** A droplet with its file open, so that a staging that replaces it does not take it away. */
export interface HeldDroplet extends AsyncDisposable {
  readonly stored: StoredDroplet;
  /** The plain tar, from its beginning each time. */
  open(): Readable;
}

/** Holds a droplet that has just been stored. Raises DROPLET_INVALID when another staging was faster. */
export async function holdDroplet(home: Home, stored: StoredDroplet): Promise<HeldDroplet> {
  const { name } = stored.app;
  const file = await openFile(dropletFile(home, name, stored.buildGuid));
  if (file !== undefined) return held(stored, file);
  throw new CfstageError('DROPLET_INVALID', `The droplet of app '${name}' was replaced by another staging`, {
    hint: `Run its newest droplet: cfstage start ${name}.`,
  });
}

/** Raises APP_NOT_FOUND, and `noDroplet` when the app has none. */
export async function holdCurrentDroplet(
  home: Home,
  app: string,
  noDroplet: CfstageError,
): Promise<HeldDroplet> {
  let missing: string | undefined;
  for (;;) {
    const stored = await currentDroplet(home, app);
    if (stored === undefined || stored.buildGuid === missing) {
      await requireKnownApp(home.root, app);
      throw noDroplet;
    }
    const file = await openFile(dropletFile(home, app, stored.buildGuid));
    if (file !== undefined) return held(stored, file);
    // Replaced since its record was read, or lost.
    missing = stored.buildGuid;
  }
}

function held(stored: StoredDroplet, file: FileHandle): HeldDroplet {
  return {
    stored,
    open: () => Readable.from(chunksOf(file), { objectMode: false }),
    [Symbol.asyncDispose]: () => file.close(),
  };
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

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw stateError(error, path);
  }
}
