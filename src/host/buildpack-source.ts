import { realpath, stat } from 'node:fs/promises';
import type { BuildpackLocation } from './buildpack-location.ts';
import { listFiles } from './buildpack-listing.ts';
import { walkDirectory } from './directory-tree.ts';
import { downloadZip, type DownloadProgress } from './download-zip.ts';
import { cloneRepository } from './git-clone.ts';
import type { Home } from './home.ts';
import { isNoPartOfBuildpack } from './passing-files.ts';
import { readZip } from './zip-entries.ts';
import type { Entry } from '../archive/entry.ts';
import type { TreeEntry } from '../buildpack/tree.ts';
import { CfstageError } from '../errors.ts';

/** A buildpack at hand. Disposing of it removes what was cloned for it; downloads stay in the cache. */
export interface BuildpackSource extends AsyncDisposable {
  /** Everything to send into the container, each time read anew. */
  entries(): AsyncIterable<Entry>;
  readonly listing: readonly TreeEntry[];
  /** Size of the zip that was downloaded for it. */
  readonly downloadedBytes?: number;
  /** The directory to watch, for a local one. */
  readonly directory?: string;
}

/** What fetching a buildpack needs besides its location. */
export interface FetchOptions {
  readonly home: Home;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** Fetches a buildpack and lists it. Raises BUILDPACK_INVALID, BUILDPACK_DOWNLOAD_FAILED, ARCHIVE_UNSAFE, DISK_FULL. */
export async function openBuildpack(
  from: BuildpackLocation,
  options: FetchOptions,
): Promise<BuildpackSource> {
  const { signal } = options;
  switch (from.kind) {
    case 'directory': {
      const directory = await existing(from.location, 'directory');
      return { ...(await listed(() => localEntries(directory, signal))), directory };
    }
    case 'zip': {
      const zip = await existing(from.location, 'file');
      return await zipSource(zip, from.location, signal);
    }
    case 'http-zip': {
      const zip = await downloadZip(from.location, options);
      const { size } = await stat(zip);
      return { ...(await zipSource(zip, from.location, signal)), downloadedBytes: size };
    }
    case 'git':
      return await gitSource(from, signal);
  }
}

async function gitSource(
  from: Extract<BuildpackLocation, { kind: 'git' }>,
  signal: AbortSignal | undefined,
): Promise<BuildpackSource> {
  const clone = await cloneRepository(from.location, from.branch, signal);
  try {
    // As on a cell, a clone keeps its .git.
    const source = await listed(() =>
      walkDirectory(
        clone.path,
        everything(() => true),
        signal,
      ),
    );
    return { ...source, [Symbol.asyncDispose]: () => clone[Symbol.asyncDispose]() };
  } catch (error) {
    await clone[Symbol.asyncDispose]();
    throw error;
  }
}

async function zipSource(
  zip: string,
  shown: string,
  signal: AbortSignal | undefined,
): Promise<BuildpackSource> {
  try {
    return await listed(() => readZip(zip, signal));
  } catch (error) {
    if (!(error instanceof CfstageError) || error.code !== 'ARCHIVE_INVALID') throw error;
    throw new CfstageError(
      'BUILDPACK_INVALID',
      `The buildpack '${shown}' is not a zip archive that can be read`,
      {
        hint: 'Give a zip file or a directory with a bin/ directory in it.',
        cause: error,
      },
    );
  }
}

async function listed(entries: () => AsyncIterable<Entry>): Promise<BuildpackSource> {
  const listing = await listFiles(entries());
  return { entries, listing, [Symbol.asyncDispose]: () => Promise.resolve() };
}

function localEntries(directory: string, signal: AbortSignal | undefined): AsyncIterable<Entry> {
  return walkDirectory(
    directory,
    everything((path) => !isNoPartOfBuildpack(path)),
    signal,
  );
}

function everything(but: (path: string) => boolean): Parameters<typeof walkDirectory>[1] {
  return { enters: but, lists: but, code: 'BUILDPACK_INVALID' };
}

async function existing(path: string, kind: 'directory' | 'file'): Promise<string> {
  try {
    const resolved = await realpath(path);
    if ((await stat(resolved)).isDirectory() === (kind === 'directory')) return resolved;
  } catch (error) {
    throw new CfstageError('BUILDPACK_INVALID', `The buildpack path '${path}' does not exist`, {
      hint: 'Give a directory or a zip file; relative paths start at the current directory.',
      cause: error,
    });
  }
  throw new CfstageError('BUILDPACK_INVALID', `The buildpack path '${path}' is not a ${kind}`, {
    hint: 'Give a directory or a zip file.',
  });
}
