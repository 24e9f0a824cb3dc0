import { cp } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { CfstageError, interruption, systemErrorCode } from '../errors.ts';
import { diskFull } from './state-error.ts';
import { makeTempDir, type TempDir } from './temp-dir.ts';

/** What a package never holds. Source: libbuildpack packager/packager.go, `CopyDirectory`. */
const LEFT_OUT = new Set(['.git', 'tests']);

/** A copy of a buildpack that its pre_package program may change. Raises BUILDPACK_INVALID and DISK_FULL. */
export async function copyToPackage(directory: string): Promise<TempDir> {
  const copy = await makeTempDir('package');
  try {
    await cp(directory, copy.path, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (from) => !LEFT_OUT.has(relative(directory, from).split(sep).join('/')),
    });
    return copy;
  } catch (error) {
    await copy[Symbol.asyncDispose]();
    const full = diskFull(error, copy.path);
    if (full !== undefined) throw full;
    throw new CfstageError('BUILDPACK_INVALID', `The buildpack '${directory}' cannot be copied`, {
      hint: `Look at its files${systemErrorCode(error) === undefined ? '' : ` (${systemErrorCode(error) ?? ''})`}.`,
      cause: error,
    });
  }
}

/**
 * Runs the program named by `pre_package`, without a shell, in the copy; answers what it wrote. Raises PACKAGING_FAILED.
 * Source: libbuildpack packager/packager.go, `PackageWithOptions`.
 */
export async function runPrePackage(
  program: string,
  directory: string,
  signal: AbortSignal,
): Promise<string> {
  const { execa } = await import('execa');
  const result = await execa(program, [], {
    cwd: directory,
    all: true,
    reject: false,
    stdin: 'ignore',
    cancelSignal: signal,
    forceKillAfterDelay: 2_000,
  });
  if (signal.aborted) throw interruption(signal);
  if (!result.failed) return result.all;
  const how = result.exitCode === undefined ? result.shortMessage : `exit status ${result.exitCode}`;
  throw new CfstageError(
    'PACKAGING_FAILED',
    [result.all, `pre_package ${program}: ${how}`].join('\n').trim(),
    {
      hint: `Run ${program} in the buildpack's directory by hand.`,
      cause: result,
    },
  );
}
