import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { CfstageError, interruption } from '../errors.ts';
import { writeStreamAtomically } from './atomic-file.ts';
import { withoutCredentials } from './buildpack-location.ts';
import { failureReason } from './failure-reason.ts';
import type { Home } from './home.ts';

/** A file that a buildpack's manifest names by URL and digest. */
export interface WantedFile {
  /** http, https or file. */
  readonly uri: string;
  /** SHA-256 in lower-case hex. */
  readonly sha256: string;
  /** How messages name it, e.g. `ruby 3.2.1`. */
  readonly label: string;
}

export interface DependencyProgress {
  readonly receivedBytes: number;
  /** 0 when the server does not say. */
  readonly totalBytes: number;
}

/**
 * The path of a dependency on this machine, downloaded unless it is there; what is there has the digest that is wanted,
 * always. Raises BUILDPACK_DOWNLOAD_FAILED and DISK_FULL. Source of the words: libbuildpack packager/packager.go.
 */
export async function dependencyFile(
  wanted: WantedFile,
  home: Home,
  onProgress: (progress: DependencyProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  const path = join(home.downloads, 'dependencies', wanted.sha256 || 'none');
  if (await isThere(path)) {
    // Somebody may have changed it since.
    if ((await digestOf(createReadStream(path), signal)) === wanted.sha256) return path;
  }
  const { body, totalBytes } = await open(wanted, signal);
  const hash = createHash('sha256');
  const checked = async function* (): AsyncGenerator<Buffer> {
    let receivedBytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      hash.update(chunk);
      receivedBytes += chunk.length;
      onProgress({ receivedBytes, totalBytes });
      yield chunk;
    }
    const actual = hash.digest('hex');
    if (actual !== wanted.sha256) throw mismatch(wanted, actual);
  };
  try {
    await writeStreamAtomically(path, Readable.from(checked(), { objectMode: false }), signal);
    return path;
  } catch (error) {
    if (error instanceof CfstageError) throw error;
    throw failed(wanted, failureReason(error), error);
  } finally {
    body.destroy();
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function digestOf(source: Readable, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(source, hash, { signal }).catch((error: unknown) => {
    throw signal.aborted ? interruption(signal) : error;
  });
  return hash.digest('hex');
}

async function open(
  wanted: WantedFile,
  signal: AbortSignal,
): Promise<{ body: Readable; totalBytes: number }> {
  try {
    if (wanted.uri.startsWith('file:')) {
      const path = fileURLToPath(wanted.uri);
      const { size } = await stat(path);
      return { body: createReadStream(path), totalBytes: size };
    }
    const response = await fetch(wanted.uri, { signal, headers: { 'accept-encoding': 'identity' } });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw failed(wanted, `could not download: ${response.status}`);
    }
    return {
      body: Readable.fromWeb(response.body),
      totalBytes: Number(response.headers.get('content-length') ?? 0),
    };
  } catch (error) {
    if (error instanceof CfstageError) throw error;
    if (signal.aborted) throw interruption(signal);
    throw failed(wanted, failureReason(error), error);
  }
}

function mismatch(wanted: WantedFile, actual: string): CfstageError {
  return new CfstageError(
    'BUILDPACK_DOWNLOAD_FAILED',
    `${withoutCredentials(wanted.uri)} (${wanted.label}): dependency sha256 mismatch: expected sha256 ${wanted.sha256}, actual sha256 ${actual}`,
    { hint: 'If the new file is right, put its sha256 into manifest.yml; if not, find out who changed it.' },
  );
}

function failed(wanted: WantedFile, why: string, cause?: unknown): CfstageError {
  return new CfstageError(
    'BUILDPACK_DOWNLOAD_FAILED',
    `Failed to download ${wanted.label} from ${withoutCredentials(wanted.uri)}: ${why}`,
    { hint: 'Check the `uri:` in manifest.yml and the network.', cause },
  );
}
