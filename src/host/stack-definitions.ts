import { access, readdir, readFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CfstageError, interruption } from '../errors.ts';
import { parseStackDefinition, type StackDefinition } from '../stack/stack.ts';
import { standInDigest } from '../stack/stand-in.ts';
import { makeTempDir } from './temp-dir.ts';

/** The folder `stacks/` of this package, wherever it is installed. */
const STACKS = fileURLToPath(new URL('../../stacks/', import.meta.url));
const STAND_IN = join(STACKS, 'stand-in');

/** The stacks that cfstage knows. */
export async function readStackDefinitions(): Promise<readonly StackDefinition[]> {
  const files = (await readdir(STACKS)).filter((name) => name.endsWith('.json'));
  return await Promise.all(
    files.map(async (name) => parseStackDefinition(await readFile(join(STACKS, name), 'utf8'), name)),
  );
}

/** Digest of all that decides what the stand-in of a stack is; same rule as the set-up scripts. */
export async function readStandInDigest(stack: string): Promise<string> {
  const parts = (await readdir(STAND_IN)).map((name) => join(STAND_IN, name));
  const paths = [join(STACKS, `${stack}.json`), ...parts];
  const files = await Promise.all(
    paths.map(async (path) => ({
      name: path.slice(path.lastIndexOf('/') + 1),
      text: await readFile(path, 'utf8'),
    })),
  );
  return standInDigest(files);
}

/** Whether this machine has what `stacks/stand-in/build.sh` needs. */
export async function canBuildStandIn(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, 'mmdebstrap'), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/**
 * Builds the root file system of a stand-in and hands its tar to `use`; the file is gone afterwards.
 *
 * @throws CfstageError STACK_UNAVAILABLE when the build fails.
 */
export async function buildStandIn(
  stack: string,
  use: (tarPath: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await using temporary = await makeTempDir('stand-in');
  const tar = join(temporary.path, 'root.tar');
  const { execa } = await import('execa');
  const { failed, stderr } = await execa(join(STAND_IN, 'build.sh'), [stack, tar], {
    cancelSignal: signal,
    reject: false,
    stdout: 'ignore',
  });
  if (signal.aborted) throw interruption(signal);
  if (failed) {
    throw new CfstageError(
      'STACK_UNAVAILABLE',
      `The stand-in for ${stack} could not be built:\n${stderr.slice(-2000)}`,
      {
        hint: 'It is built from the packages of the distribution by mmdebstrap: check the network and the package sources.',
      },
    );
  }
  await use(tar);
}
