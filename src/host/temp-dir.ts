import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFull } from './state-error.ts';

/** A directory that goes away with its owner: `await using dir = await makeTempDir('git')`. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** Makes `<system temp>/cfstage-<purpose>-XXXXXX`, readable by its owner only. Raises DISK_FULL. */
export async function makeTempDir(purpose: string): Promise<TempDir> {
  const parent = tmpdir();
  try {
    const path = await mkdtemp(join(parent, `cfstage-${purpose}-`));
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
  } catch (error) {
    throw diskFull(error, parent) ?? error;
  }
}
