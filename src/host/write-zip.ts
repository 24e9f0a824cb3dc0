import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { CfstageError, interruption } from '../errors.ts';
import { replaceFile } from './atomic-file.ts';

/** A file of this machine on its way into a zip. */
export interface ZippedFile {
  /** Its path in the zip. */
  readonly name: string;
  readonly path: string;
  /** Makes it a symlink with this target; without it, symlinks are followed. */
  readonly target?: string;
}

/** The oldest time that a zip can hold. It is written as local time, which is then the same everywhere. */
const SOME_TIME = new Date(1980, 0, 1);

/**
 * Writes a zip whose bytes depend on names, contents and executable bits alone, not on times, owners or the umask.
 * Raises PACKAGING_FAILED for a file that cannot be read, and DISK_FULL.
 */
export async function writeZip(
  target: string,
  files: readonly ZippedFile[],
  signal: AbortSignal,
): Promise<{ readonly bytes: number }> {
  const zip = new ZipFile();
  for (const { name, path, target: link } of files) {
    const always = { mtime: SOME_TIME, forceDosTimestamp: true };
    if (link !== undefined) {
      zip.addBuffer(Buffer.from(link), name, { ...always, mode: 0o120777, compress: false });
      continue;
    }
    const stats = await stat(path).catch((error: unknown) => {
      throw cannotInclude(name, error);
    });
    if (stats.isDirectory()) zip.addEmptyDirectory(name, { ...always, mode: 0o40755 });
    else {
      const mode = (stats.mode & 0o111) === 0 ? 0o100644 : 0o100755;
      zip.addFile(path, name, { ...always, mode, compress: true });
    }
  }
  zip.end();
  await replaceFile(target, async (temporary) => {
    const output = zip.outputStream;
    // What a file's own stream says of itself comes here, not down the pipe.
    zip.on('error', (error: Error) => output.emit('error', error));
    await pipeline(output, createWriteStream(temporary), { signal });
  }).catch((error: unknown) => {
    throw signal.aborted ? interruption(signal) : error;
  });
  return { bytes: (await stat(target)).size };
}

/** Source: libbuildpack packager/packager.go, `ZipFiles`. */
function cannotInclude(name: string, cause: unknown): CfstageError {
  return new CfstageError('PACKAGING_FAILED', `failed to open included_file: ${name}`, {
    hint: 'Mend `include_files:` of manifest.yml, or let its `pre_package:` make the file.',
    cause,
  });
}
