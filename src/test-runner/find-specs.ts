import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CfstageError } from '../errors.ts';

const SUFFIX = /\.cfstage\.ya?ml$/;
const SKIPPED = new Set(['node_modules', '.git']);

/**
 * The specs that are meant: files as they are named, of folders all that are below them, in the order of their paths;
 * nothing named is the working directory. Raises USAGE when there are none.
 */
export async function findSpecs(named: readonly string[], cwd: string): Promise<readonly string[]> {
  const found = await Promise.all((named.length === 0 ? ['.'] : named).map((path) => specsOf(path, cwd)));
  const specs = found.flat();
  if (specs.length > 0) return specs;
  const where = named.length === 0 ? cwd : named.join(', ');
  throw new CfstageError('USAGE', `There is no *.cfstage.yml below ${where}`, {
    hint: 'Name the files, or go where they are. docs/test-specs.md shows how one is written.',
  });
}

async function specsOf(path: string, cwd: string): Promise<readonly string[]> {
  const stats = await stat(resolve(cwd, path)).catch(() => undefined);
  if (stats?.isDirectory() !== true) return [path];
  const below = await specsBelow(resolve(cwd, path), '');
  return below.sort().map((spec) => join(path, spec));
}

async function specsBelow(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true });
  const below = await Promise.all(
    entries.map(async (entry) => {
      const name = join(path, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : await specsBelow(root, name);
      return SUFFIX.test(entry.name) ? [name] : [];
    }),
  );
  return below.flat();
}
