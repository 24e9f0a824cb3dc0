import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFull } from './state-error.ts';
import { temporaryTag } from './temporary-name.ts';

/** A directory that goes away with its owner: `await using dir = await makeTempDir('git')`. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** Makes a folder `cfstage-<purpose>-…` in the system's temporary folder, readable by its owner only. Raises DISK_FULL. */
export async function makeTempDir(purpose: string): Promise<TempDir> {
  const parent = tmpdir();
  try {
    const path = join(parent, `cfstage-${purpose}${temporaryTag()}`);
    await mkdir(path, { mode: 0o700 });
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
  } catch (error) {
    throw diskFull(error, parent) ?? error;
  }
}
