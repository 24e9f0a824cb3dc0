import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { archiveIgnore, directoryIgnore, type CfIgnore } from './cf-ignore.ts';
import { walkDirectory, type Walk } from './directory-tree.ts';
import { unreadable } from './file-content.ts';
import { listZip, readContent, readZip } from './zip-entries.ts';
import type { Entry } from '../archive/entry.ts';
import { CfstageError, systemErrorCode } from '../errors.ts';

/** What a push sends of an app. */
export interface AppBits {
  /** Files and symlinks, no directories: those that hold nothing never survive a push. Can be iterated again. */
  entries(): AsyncIterable<Entry>;
  /** Sum of the sizes of the files, unpacked. */
  readonly totalBytes: number;
  /** Files and symlinks. */
  readonly fileCount: number;
}

/** `cc.packages.max_package_size` (capi-release, jobs/cloud_controller_ng/spec). */
const MAX_PACKAGE_BYTES = 1_073_741_824;
/** Mode of every regular file pushed from an archive (cli, actor/sharedaction/resource.go). */
const ARCHIVE_FILE_MODE = 0o744;

/**
 * What `cf push` would send of a directory or of a zip, jar or war file. Raises APP_PATH_INVALID, APP_BITS_EMPTY,
 * APP_BITS_TOO_LARGE, and for an archive ARCHIVE_INVALID and ARCHIVE_UNSAFE.
 */
export async function readAppBits(path: string, signal?: AbortSignal): Promise<AppBits> {
  const root = await resolvePath(path);
  return (await stat(root)).isDirectory()
    ? await directoryBits(root, path, signal)
    : await archiveBits(root, path, signal);
}

async function resolvePath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(path, 'APP_PATH_INVALID', error);
    throw new CfstageError(
      'APP_PATH_INVALID',
      `File not found locally, make sure the file exists at given path ${path}`,
      { hint: "Give the app's directory or archive with -p, or as path in the manifest.", cause: error },
    );
  }
}

async function directoryBits(root: string, path: string, signal: AbortSignal | undefined): Promise<AppBits> {
  const ignore = directoryIgnore(await readCfIgnore(root));
  const walk: Walk = {
    enters: (folder: string) => !ignore.prunes || !ignore.ignores(folder),
    lists: (file: string) => !ignore.ignores(file),
    code: 'APP_PATH_INVALID',
  };
  const entries = (): AsyncIterable<Entry> => directoryEntries(root, walk, signal);
  const size = await measure(entries());
  if (size.fileCount === 0) throw noAppFiles(path);
  // Walked again when it is sent: the list of a large app would take more memory than all else.
  return { ...size, entries };
}

async function* directoryEntries(
  root: string,
  walk: Walk,
  signal: AbortSignal | undefined,
): AsyncGenerator<Entry, void, undefined> {
  let count = 0;
  for await (const entry of walkDirectory(root, walk, signal)) {
    if (entry.type === 'directory') continue;
    yield entry;
    count += 1;
    // Lets the sockets have their turn: small files are read without one.
    if (count % 256 === 0) await nextTurn();
  }
}

async function archiveBits(root: string, path: string, signal: AbortSignal | undefined): Promise<AppBits> {
  const ignore = archiveIgnore(await cfIgnoreInside(root, signal));
  let resources = 0;
  const listed = async function* (): AsyncGenerator<Entry, void, undefined> {
    for await (const entry of listZip(root, signal)) {
      if (isIgnored(entry, ignore)) continue;
      resources += 1;
      if (entry.type !== 'directory') yield entry;
    }
  };
  const size = await measure(listed());
  // cf counts the directories here, and takes an archive of a single entry for an empty one.
  if (resources <= 1 || size.fileCount === 0) throw noAppFiles(path);
  return { ...size, entries: () => archiveEntries(root, ignore, signal) };
}

async function* archiveEntries(
  root: string,
  ignore: CfIgnore,
  signal: AbortSignal | undefined,
): AsyncGenerator<Entry, void, undefined> {
  for await (const entry of readZip(root, signal)) {
    if (entry.type === 'directory' || isIgnored(entry, ignore)) continue;
    yield entry.type === 'file' ? { ...entry, mode: ARCHIVE_FILE_MODE } : entry;
  }
}

/** In an archive cf tests a directory by its name there, which ends with a slash. */
function isIgnored(entry: Entry, ignore: CfIgnore): boolean {
  return ignore.ignores(entry.type === 'directory' ? `${entry.path}/` : entry.path);
}

async function measure(entries: AsyncIterable<Entry>): Promise<{ totalBytes: number; fileCount: number }> {
  let totalBytes = 0;
  let fileCount = 0;
  for await (const entry of entries) {
    fileCount += 1;
    if (entry.type === 'file') totalBytes += entry.size;
  }
  if (totalBytes <= MAX_PACKAGE_BYTES) return { totalBytes, fileCount };
  throw new CfstageError(
    'APP_BITS_TOO_LARGE',
    `The app package is invalid: Package may not be larger than ${MAX_PACKAGE_BYTES} bytes`,
    { hint: `It has ${totalBytes} bytes; leave out what the app does not need by lines in .cfignore.` },
  );
}

async function readCfIgnore(root: string): Promise<string> {
  const path = join(root, '.cfignore');
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw unreadable(path, 'APP_PATH_INVALID', error);
  }
}

/** The text of the first member whose name ends in `.cfignore`, at whatever depth, as cf finds it. */
async function cfIgnoreInside(archive: string, signal: AbortSignal | undefined): Promise<string> {
  for await (const entry of listZip(archive, signal)) {
    if (entry.type === 'file' && entry.path.endsWith('.cfignore'))
      return (await readContent(entry)).toString('utf8');
  }
  return '';
}

function noAppFiles(path: string): CfstageError {
  return new CfstageError('APP_BITS_EMPTY', `No app files found in '${path}'`, {
    hint: 'Check the path, and that .cfignore leaves something.',
  });
}
