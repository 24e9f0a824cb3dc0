import { chmod, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { CfstageError, systemErrorCode } from '../errors.ts';
import type { Fixture, FixtureChange } from './fixture.ts';

/** Copies a fixture below `parent` and makes its changes; answers the path. Raises USAGE. */
export async function makeFixture({ folder, changes }: Fixture, parent: string): Promise<string> {
  const target = join(parent, folder === undefined ? 'fixture' : basename(folder));
  if (folder === undefined) await mkdir(target, { recursive: true });
  else await copyFolder(resolve(folder), target);
  for (const change of changes) await apply(change, target);
  return target;
}

async function copyFolder(folder: string, target: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory() !== true) {
    throw new CfstageError('USAGE', `There is no folder ${folder} to make a fixture of`, {
      hint: 'fixture() takes a folder; a relative path is relative to the current directory.',
    });
  }
  await cp(folder, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
}

async function apply(change: FixtureChange, root: string): Promise<void> {
  const path = inside(root, change.path);
  try {
    switch (change.kind) {
      case 'write':
        await mkdir(dirname(path), { recursive: true });
        await writeFile(
          path,
          typeof change.content === 'function' ? change.content(await textOf(path)) : change.content,
        );
        return;
      case 'remove':
        await rm(path, { recursive: true });
        return;
      case 'mode':
        await chmod(path, change.mode);
    }
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    throw new CfstageError(
      'USAGE',
      `Cannot ${change.kind} '${change.path}' of the fixture: ${String(error)}`,
      {
        hint: 'Paths are relative to the folder of the fixture.',
        cause: error,
      },
    );
  }
}

function inside(root: string, path: string): string {
  const absolute = resolve(root, path);
  if (!relative(root, absolute).startsWith('..')) return absolute;
  throw new CfstageError('USAGE', `'${path}' is not inside the fixture`, {
    hint: 'Paths are relative to the folder of the fixture.',
  });
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  });
}
