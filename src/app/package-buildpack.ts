import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { CfstageError, systemErrorCode } from '../errors.ts';
import { dependencyFile } from '../host/dependency-file.ts';
import { packagedFiles } from '../host/packaged-files.ts';
import { copyToPackage, runPrePackage } from '../host/package-copy.ts';
import { writeZip, type ZippedFile } from '../host/write-zip.ts';
import { parseBuildpackManifest } from '../packager/buildpack-manifest.ts';
import { planPackage, type PackagedDependency } from '../packager/package-plan.ts';
import type { PackageTarget } from '../packager/packaged-dependencies.ts';
import { together } from './together.ts';
import type { LocalBench } from './workbench.ts';

/** What to package, and where to. */
export interface PackageRequest extends PackageTarget {
  /** Of the buildpack; absolute. */
  readonly directory: string;
  /** Undefined takes that of its VERSION file. */
  readonly version: string | undefined;
  /** Directory for the zip; absolute. */
  readonly output: string;
}

export interface PackagedBuildpack {
  readonly path: string;
  readonly bytes: number;
  readonly version: string;
  readonly cached: boolean;
  readonly stack: string | null;
}

/** How many dependencies are fetched at once. */
const DOWNLOADS_AT_ONCE = 4;

/**
 * `cfstage package-buildpack`: a zip as `buildpack-packager build` makes it, with the same bytes for the same files.
 * Raises BUILDPACK_INVALID, BUILDPACK_DOWNLOAD_FAILED, PACKAGING_FAILED, USAGE, DISK_FULL.
 */
export async function packageBuildpack(
  request: PackageRequest,
  bench: LocalBench,
  signal: AbortSignal,
): Promise<PackagedBuildpack> {
  const { directory, output } = request;
  const [text, version] = await together(
    signal,
    () => textOf(join(directory, 'manifest.yml')),
    () => versionOf(request),
  );
  const file = join(basename(directory), 'manifest.yml');
  const facts = {
    manifest: text === undefined ? undefined : { text, parsed: parseBuildpackManifest(text, file) },
    directoryName: basename(directory),
    version,
    md5: (of: string) => createHash('md5').update(of).digest('hex'),
  };
  const plan = planPackage(facts, request);
  const [dependencies, copy] = await together(
    signal,
    (abort) => fetchDependencies(plan.dependencies, bench, abort),
    () => copyToPackage(directory),
  );
  await using _copy = copy;
  await writeFile(join(copy.path, 'VERSION'), version);
  if (plan.prePackage !== '') {
    await bench.emit({ type: 'notice', message: `Running pre_package ${plan.prePackage}...` });
    await runPrePackage(plan.prePackage, copy.path, signal);
  }
  if (plan.manifest !== undefined) await writeFile(join(copy.path, 'manifest.yml'), plan.manifest);
  const own = await packagedFiles(copy.path, plan.includeFiles);
  const path = join(resolve(output), plan.zipName);
  // Dependencies that share a file share its place in the zip.
  const files = new Map([...own, ...dependencies].map((one) => [one.name, one]));
  const { bytes } = await writeZip(path, [...files.values()], signal);
  return { path, bytes, version, cached: request.cached, stack: request.stack ?? null };
}

async function fetchDependencies(
  dependencies: readonly PackagedDependency[],
  { home, emit }: LocalBench,
  signal: AbortSignal,
): Promise<ZippedFile[]> {
  const files: ZippedFile[] = [];
  const queue = dependencies.entries();
  const fetchNext = async (abort: AbortSignal): Promise<void> => {
    for (const [i, { name, version, uri, sha256, file }] of queue) {
      const label = `${name} ${version}`;
      const onProgress = ({
        receivedBytes: received,
        totalBytes: total,
      }: {
        receivedBytes: number;
        totalBytes: number;
      }) => void emit({ type: 'progress', what: `Downloading ${label}`, received, total });
      const path = await dependencyFile({ uri, sha256, label }, home, onProgress, abort);
      files[i] = { name: file, path };
    }
  };
  await together(signal, ...Array.from({ length: DOWNLOADS_AT_ONCE }, () => fetchNext));
  return files;
}

async function versionOf({ version, directory }: PackageRequest): Promise<string> {
  if (version !== undefined) return version;
  const own = await textOf(join(directory, 'VERSION'));
  if (own !== undefined) return own.trim();
  throw new CfstageError('USAGE', 'error: Could not read VERSION file', {
    hint: 'Write one, or say --version VERSION.',
  });
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new CfstageError('BUILDPACK_INVALID', `'${path}' cannot be read`, {
      hint: 'Give the directory of a buildpack, and mend its permissions.',
      cause: error,
    });
  }
}
