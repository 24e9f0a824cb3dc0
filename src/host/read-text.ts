import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CfstageError, systemErrorCode, type UserErrorCode } from '../errors.ts';

/** Names that are tried in a directory, in this order (cli, util/manifestparser/locator.go). */
const MANIFEST_NAMES = ['manifest.yml', 'manifest.yaml'];

/** A manifest as found: `path` is absolute and free of symlinks, relative paths in it are relative to its directory. */
export interface ManifestFile {
  readonly path: string;
  readonly text: string;
}

/** The manifest in a directory, undefined when it has none. Raises MANIFEST_NOT_FOUND when it cannot be read. */
export async function findManifest(directory: string): Promise<ManifestFile | undefined> {
  for (const name of MANIFEST_NAMES) {
    const path = join(directory, name);
    if ((await kindOf(path)) === 'file') return await readFoundManifest(path);
  }
  return undefined;
}

/** The manifest named with `-f`, a file or a directory that holds one. Raises MANIFEST_NOT_FOUND. */
export async function readManifest(path: string): Promise<ManifestFile> {
  if ((await kindOf(path)) !== 'directory') return await readFoundManifest(path);
  const found = await findManifest(path);
  if (found !== undefined) return found;
  throw new CfstageError(
    'MANIFEST_NOT_FOUND',
    `The specified directory '${path}' does not contain a file named 'manifest.yml'.`,
    { hint: 'Name the manifest itself with -f, or write one there.' },
  );
}

/** The text of a file the user named; `code` says what an absent or unreadable one means. A byte order mark is dropped. */
export async function readText(path: string, code: UserErrorCode, signal?: AbortSignal): Promise<string> {
  try {
    const text = await readFile(path, signal === undefined ? 'utf8' : { encoding: 'utf8', signal });
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (error) {
    const cause = systemErrorCode(error);
    if (cause === 'ENOENT' || cause === 'ENOTDIR') {
      throw new CfstageError(code, `The specified path '${path}' does not exist.`, {
        hint: 'Check the spelling; relative paths start at the current directory.',
        cause: error,
      });
    }
    throw new CfstageError(code, `The file '${path}' cannot be read: ${cause ?? String(error)}`, {
      hint: cause === 'EISDIR' ? 'Name a file, not a directory.' : 'Check its permissions.',
      cause: error,
    });
  }
}

async function readFoundManifest(path: string): Promise<ManifestFile> {
  const text = await readText(path, 'MANIFEST_NOT_FOUND');
  return { path: await realpath(path), text };
}

async function kindOf(path: string): Promise<'file' | 'directory' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const code = systemErrorCode(error);
    // Anything but absence is told by the attempt to read it.
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'nothing' : 'file';
  }
}
