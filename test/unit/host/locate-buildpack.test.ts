import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBuildpack } from '../../../src/host/buildpack-registry.ts';
import { homeAt } from '../../../src/host/home.ts';
import { locateBuildpack } from '../../../src/host/locate-buildpack.ts';
import { tempDir } from './host-fixtures.ts';

const home = homeAt('/no/such/home');

test('URLs lead to themselves', async () => {
  const zip = { kind: 'zip', key: 'k', url: 'https://x/y.zip' } as const;
  expect(await locateBuildpack(zip, home)).toEqual({ kind: 'http-zip', location: 'https://x/y.zip' });
  const git = { kind: 'git', key: 'k', url: 'https://x/y', branch: 'b' } as const;
  expect(await locateBuildpack(git, home)).toEqual({ kind: 'git', location: 'https://x/y', branch: 'b' });
});

test('a path leads to a directory or a zip', async () => {
  const root = tempDir({ 'b.zip': '' });
  expect(await locateBuildpack({ kind: 'file', key: 'k', path: root }, home)).toEqual({
    kind: 'directory',
    location: root,
  });
  const path = join(root, 'b.zip');
  expect(await locateBuildpack({ kind: 'file', key: 'k', path }, home)).toEqual({
    kind: 'zip',
    location: path,
  });
  const missing = locateBuildpack({ kind: 'file', key: 'k', path: '/no/such' }, home);
  await expect(missing).rejects.toMatchObject({ code: 'BUILDPACK_INVALID' });
});

test('a name leads to what is registered', async () => {
  const own = homeAt(tempDir());
  await createBuildpack(own, { name: 'mine', source: { kind: 'zip', location: '/mine.zip' } });
  expect(await locateBuildpack({ kind: 'name', key: 'mine' }, own)).toEqual({
    kind: 'zip',
    location: '/mine.zip',
  });
  await expect(locateBuildpack({ kind: 'name', key: 'other' }, own)).rejects.toMatchObject({
    code: 'BUILDPACK_UNKNOWN',
  });
});
