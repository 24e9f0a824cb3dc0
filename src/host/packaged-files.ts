import { readdir, readlink } from 'node:fs/promises';
import { join, normalize, relative } from 'node:path';
import { CfstageError } from '../errors.ts';
import type { ZippedFile } from './write-zip.ts';

/** A zip of this very buildpack that lies in its directory since the last time. */
const OWN_ZIP = /_buildpack.*-v.*\.zip$/;

/** The files of a buildpack that go into its package: those that are named, or all. Raises BUILDPACK_INVALID. */
export async function packagedFiles(
  directory: string,
  includeFiles: readonly string[] | undefined,
): Promise<readonly ZippedFile[]> {
  if (includeFiles === undefined) return await everyFile(directory);
  return includeFiles.map((name) => ({ name: inside(name), path: join(directory, name) }));
}

async function everyFile(directory: string): Promise<readonly ZippedFile[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = found
    .filter((one) => !one.isDirectory())
    .map(async (one): Promise<ZippedFile> => {
      const path = join(one.parentPath, one.name);
      const file = { name: relative(directory, path), path };
      return one.isSymbolicLink() ? { ...file, target: await readlink(path) } : file;
    });
  return (await Promise.all(files))
    .filter(({ name }) => !OWN_ZIP.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function inside(name: string): string {
  const path = normalize(name);
  if (name !== '' && !path.startsWith('/') && path !== '..' && !path.startsWith('../')) return path;
  throw new CfstageError('BUILDPACK_INVALID', `'${name}' in include_files leaves the buildpack`, {
    hint: 'Name files by their path below the directory of the buildpack.',
  });
}
