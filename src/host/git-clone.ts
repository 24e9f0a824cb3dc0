import { rm } from 'node:fs/promises';
import { withoutCredentials } from './buildpack-location.ts';
import { makeTempDir, type TempDir } from './temp-dir.ts';
import { throwIfAborted } from '../archive/archive-error.ts';
import { CfstageError } from '../errors.ts';

/**
 * A clone in a temporary directory that belongs to the caller: shallow first, whole where that fails (as
 * buildpackapplifecycle, buildpackrunner/git_buildpack.go), with submodules. Raises BUILDPACK_DOWNLOAD_FAILED.
 */
export async function cloneRepository(url: string, branch?: string, signal?: AbortSignal): Promise<TempDir> {
  const directory = await makeTempDir('git');
  try {
    let failure = await clone(['--depth', '1'], { url, branch, into: directory.path, signal });
    if (failure !== undefined) {
      await rm(directory.path, { recursive: true, force: true });
      failure = await clone([], { url, branch, into: directory.path, signal });
    }
    if (failure === undefined) return directory;
    throw failure;
  } catch (error) {
    await directory[Symbol.asyncDispose]();
    throw error;
  }
}

interface Clone {
  readonly url: string;
  readonly branch: string | undefined;
  readonly into: string;
  readonly signal: AbortSignal | undefined;
}

async function clone(
  depth: readonly string[],
  { url, branch, into, signal }: Clone,
): Promise<CfstageError | undefined> {
  throwIfAborted(signal);
  const which = branch === undefined ? [] : [`--branch=${branch}`];
  const { execa } = await import('execa');
  const result = await execa(
    'git',
    ['clone', '--quiet', ...depth, '--recursive', ...which, '--', url, into],
    {
      reject: false,
      stdin: 'ignore',
      stdout: 'ignore',
      // Nobody could answer a question of git's.
      env: { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    },
  );
  if (!result.failed) return undefined;
  throwIfAborted(signal);
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  const where = `${withoutCredentials(url)}${branch === undefined ? '' : `#${branch}`}`;
  return new CfstageError('BUILDPACK_DOWNLOAD_FAILED', `Failed to clone git repository at ${where}`, {
    hint: result.code === 'ENOENT' ? 'The git command is missing: install git.' : hintOf(said, url),
    cause: result,
  });
}

function hintOf(said: string, url: string): string {
  const redacted = said.replaceAll(url, withoutCredentials(url));
  return redacted === ''
    ? 'Check the URL and the branch.'
    : `Check the URL and the branch; git says: ${redacted}`;
}
