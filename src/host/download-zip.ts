import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { withoutCredentials } from './buildpack-location.ts';
import { downloadPath, recallDownload, rememberDownload, type Download } from './download-cache.ts';
import { failureReason } from './failure-reason.ts';
import type { Home } from './home.ts';
import { diskFull } from './state-error.ts';
import { temporaryTag } from './temporary-name.ts';
import { listZip } from './zip-entries.ts';
import { throwIfAborted } from '../archive/archive-error.ts';
import { CfstageError } from '../errors.ts';

/** How far a download is. */
export interface DownloadProgress {
  /** Without the credentials it may hold. */
  readonly url: string;
  readonly receivedBytes: number;
  /** Missing when the server does not say. */
  readonly totalBytes?: number;
}

/** What a download needs besides its URL. */
export interface DownloadOptions {
  readonly home: Home;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** Longest download of a custom buildpack (buildpackapplifecycle, buildpackrunner/runner.go). */
const TIMEOUT_MILLISECONDS = 10 * 60 * 1000;

/**
 * The path of the zip archive at a URL, from the cache when the server says that it is unchanged. Only a complete
 * archive that can be read enters the cache. Raises BUILDPACK_DOWNLOAD_FAILED, BUILDPACK_INVALID and DISK_FULL.
 */
export async function downloadZip(url: string, options: DownloadOptions): Promise<string> {
  const { home, signal } = options;
  throwIfAborted(signal);
  const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const known = await recallDownload(home, url);
  try {
    const response = await request(url, known, stop);
    if (response.status === 304 && known !== undefined) return downloadPath(home, known.digest);
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw failed(url, `the server answered ${response.status} ${response.statusText}`.trimEnd());
    }
    const digest = await receive(response, url, options, stop);
    await rememberDownload(home, url, { digest, ...versionOf(response.headers) });
    return downloadPath(home, digest);
  } catch (error) {
    throwIfAborted(signal);
    throw downloadError(error, url, { home, timedOut: timeout.aborted });
  }
}

function downloadError(
  error: unknown,
  url: string,
  { home, timedOut }: { home: Home; timedOut: boolean },
): CfstageError {
  if (error instanceof CfstageError) return error;
  const why = timedOut ? 'it took longer than 10 minutes' : failureReason(error);
  return diskFull(error, home.downloads) ?? failed(url, why, error);
}

async function request(url: string, known: Download | undefined, signal: AbortSignal): Promise<Response> {
  const { username, password } = new URL(url);
  const headers = new Headers({ 'accept-encoding': 'identity' });
  if (known?.etag !== undefined) headers.set('if-none-match', known.etag);
  else if (known?.lastModified !== undefined) headers.set('if-modified-since', known.lastModified);
  // fetch refuses a URL with credentials in it.
  if (username !== '' || password !== '') {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  }
  return await fetch(withoutCredentials(url), { headers, signal });
}

/** Writes the body to the cache under its digest, by way of a temporary file that is gone in any case. */
async function receive(
  response: Response,
  url: string,
  { home, onProgress }: DownloadOptions,
  signal: AbortSignal,
): Promise<string> {
  await mkdir(home.downloads, { recursive: true, mode: 0o700 });
  const part = join(home.downloads, `.download${temporaryTag()}.part`);
  const hash = createHash('sha256');
  const totalBytes = lengthOf(response.headers);
  const shown = { url: withoutCredentials(url), ...(totalBytes === undefined ? {} : { totalBytes }) };
  try {
    const onBytes = (receivedBytes: number): void => onProgress?.({ ...shown, receivedBytes });
    const received = await save(response.body as ReadableStream, part, { hash, onBytes, signal });
    if (totalBytes !== undefined && received !== totalBytes)
      throw failed(url, `it broke off after ${received} bytes`);
    await requireZip(part, url, signal);
    const digest = hash.digest('hex');
    await rename(part, downloadPath(home, digest));
    return digest;
  } finally {
    await rm(part, { force: true });
  }
}

interface Saving {
  readonly hash: Hash;
  readonly onBytes: (received: number) => void;
  readonly signal: AbortSignal;
}

async function save(body: ReadableStream, path: string, { hash, onBytes, signal }: Saving): Promise<number> {
  // Opened first: a stream that is destroyed while it opens would make the file after its removal.
  const file = await open(path, 'wx', 0o600);
  let received = 0;
  const observe = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      received += chunk.length;
      onBytes(received);
      yield chunk;
    }
  };
  // Made last: an error of its before the pipeline listens would be an uncaught one.
  await pipeline(Readable.fromWeb(body), observe, file.createWriteStream(), { signal });
  return received;
}

async function requireZip(path: string, url: string, signal: AbortSignal): Promise<void> {
  try {
    const members = listZip(path, signal);
    while ((await members.next()).done !== true);
  } catch (error) {
    if (error instanceof CfstageError && error.code !== 'ARCHIVE_INVALID') throw error;
    throw new CfstageError(
      'BUILDPACK_INVALID',
      `What ${withoutCredentials(url)} gives is not a zip archive`,
      {
        hint: 'Open the URL in a browser: it may be a page that asks for a login.',
        cause: error,
      },
    );
  }
}

function versionOf(headers: Headers): { etag?: string; lastModified?: string } {
  const etag = headers.get('etag');
  const lastModified = headers.get('last-modified');
  return { ...(etag === null ? {} : { etag }), ...(lastModified === null ? {} : { lastModified }) };
}

function lengthOf(headers: Headers): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}

function failed(url: string, why: string, cause?: unknown): CfstageError {
  return new CfstageError(
    'BUILDPACK_DOWNLOAD_FAILED',
    `Failed to download buildpack from ${withoutCredentials(url)}: ${why}`,
    {
      hint: 'Check the URL and the network, or download the zip yourself and use --local-buildpack NAME=ZIP.',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
