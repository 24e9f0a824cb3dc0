import { statfs } from 'node:fs/promises';
import { CfstageError } from '../errors.ts';

const FULL_BELOW_BYTES = 16 * 1024 * 1024;

/** Tells whether the disk of an engine is full; always false where it cannot be seen from here. */
export type DiskProbe = () => Promise<boolean>;

/** A probe of the engine's data folder on this machine. */
export function diskProbe(dataRoot: () => Promise<string>): DiskProbe {
  return async () => {
    try {
      const { bavail, bsize, ffree, files } = await statfs(await dataRoot());
      return bavail * bsize < FULL_BELOW_BYTES || (files > 0 && ffree === 0);
    } catch {
      return false;
    }
  };
}

/**
 * The same failure, or DISK_FULL when the engine refused something and its disk is full: engines answer that with a
 * server error like any other, so the disk itself is looked at.
 */
export async function orDiskFull(failure: CfstageError, isFull: DiskProbe): Promise<CfstageError> {
  if (failure.code !== 'ENGINE_FAILED' || !(await isFull())) return failure;
  return new CfstageError('DISK_FULL', `The disk of the container engine is full: ${failure.message}`, {
    hint: 'Free some space (`cfstage clean`, then `docker system prune`) and run the command again.',
    cause: failure,
  });
}
