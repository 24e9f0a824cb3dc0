import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appFiles, deleteApp, listApps, loadApp, saveApp } from '../../../src/host/app-store.ts';
import { writeFileAtomically, writeStreamAtomically } from '../../../src/host/atomic-file.ts';
import {
  createBuildpack,
  deleteBuildpack,
  findBuildpack,
  listBuildpacks,
} from '../../../src/host/buildpack-registry.ts';
import { withFileLock } from '../../../src/host/file-lock.ts';
import { encodeAppName, homeAt } from '../../../src/host/home.ts';
import { processStart } from '../../../src/host/session-owner.ts';
import { makeTempDir } from '../../../src/host/temp-dir.ts';
import { stateError } from '../../../src/host/state-error.ts';
import { tempDir } from './host-fixtures.ts';

const at = (name: string): { name: string; source: { kind: 'directory'; location: string } } => ({
  name,
  source: { kind: 'directory', location: `/buildpacks/${name}` },
});

describe('writing', () => {
  test('puts the file in place, for its owner only', async () => {
    const path = join(tempDir(), 'a/b/file');
    await writeFileAtomically(path, 'one');
    await writeStreamAtomically(path, Readable.from([Buffer.from('two')]));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['file']);
  });

  test('a stream that fails or is aborted leaves the old file and nothing else', async () => {
    const folder = tempDir({ file: 'good' });
    const path = join(folder, 'file');
    const failing = new PassThrough();
    failing.write('half');
    setImmediate(() => failing.destroy(new Error('broken')));
    await expect(writeStreamAtomically(path, failing)).rejects.toThrow('broken');
    const endless = new PassThrough();
    endless.write('half');
    await expect(writeStreamAtomically(path, endless, AbortSignal.timeout(20))).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    expect(endless.destroyed).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('good');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('a full disk and a file in the way have their codes', async () => {
    const folder = tempDir({ stray: '' });
    await expect(writeFileAtomically(join(folder, 'stray/x'), '')).rejects.toMatchObject({
      code: 'STATE_UNREADABLE',
    });
    expect(stateError(Object.assign(new Error('full'), { code: 'ENOSPC' }), '/x')).toMatchObject({
      code: 'DISK_FULL',
    });
  });
});

describe('withFileLock', () => {
  test('lets one in at a time and takes over the lock of a dead process', async () => {
    const path = join(tempDir(), 'x/lock');
    mkdirSync(join(path, '..'));
    writeFileSync(path, '999999999 gone');
    let inside = 0;
    let most = 0;
    const enter = (): Promise<void> =>
      withFileLock(path, async () => {
        most = Math.max(most, (inside += 1));
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
    await Promise.all([enter(), enter(), enter(), enter()]);
    expect(most).toBe(1);
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  test.for([
    ['a later process with the same pid', `${process.pid} 1 abc`],
    ['a holder that was killed before it had written', ''],
  ])('takes over the lock of %s', async ([, token = '']) => {
    const path = join(tempDir(), 'lock');
    writeFileSync(path, token);
    utimesSync(path, 0, 0);
    expect(await withFileLock(path, () => Promise.resolve('in'), AbortSignal.timeout(10_000))).toBe('in');
  });

  test('waiting can be aborted', async () => {
    const path = join(tempDir(), 'lock');
    writeFileSync(path, `${process.pid} ${(await processStart(process.pid)) ?? ''} someone`);
    const entered = withFileLock(path, () => Promise.resolve(), AbortSignal.timeout(30));
    await expect(entered).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('the buildpack registry', () => {
  test('keeps positions as Cloud Controller does', async () => {
    const home = homeAt(tempDir());
    expect(await listBuildpacks(home)).toEqual([]);
    await createBuildpack(home, at('a'));
    await createBuildpack(home, at('b'));
    await createBuildpack(home, at('c'), 2);
    await createBuildpack(home, at('d'), 99);
    expect((await listBuildpacks(home)).map(({ name }) => name)).toEqual(['b', 'c', 'a', 'd']);
    await deleteBuildpack(home, 'c');
    expect((await listBuildpacks(home)).map(({ name }) => name)).toEqual(['b', 'a', 'd']);
    expect(await findBuildpack(home, 'a')).toEqual(at('a'));
  });

  test('refuses a name that is taken and one that is unknown', async () => {
    const home = homeAt(tempDir());
    await createBuildpack(home, at('a'));
    await expect(createBuildpack(home, at('a'))).rejects.toMatchObject({ code: 'BUILDPACK_INVALID' });
    await expect(findBuildpack(home, 'b')).rejects.toMatchObject({
      code: 'BUILDPACK_UNKNOWN',
      hint: 'Registered are: a.',
    });
    await expect(deleteBuildpack(home, 'b')).rejects.toMatchObject({ code: 'BUILDPACK_UNKNOWN' });
  });

  test('loses nothing when many write at once', async () => {
    const home = homeAt(tempDir());
    const names = Array.from({ length: 12 }, (_, index) => `bp${index}`);
    await Promise.all(names.map((name) => createBuildpack(home, at(name))));
    expect((await listBuildpacks(home)).map(({ name }) => name).sort()).toEqual(names.sort());
  });

  test.each(['{', '{}', '[1]', '[{"name":"a"}]'])('%s is unreadable state', async (text) => {
    const home = homeAt(tempDir({ 'buildpacks.json': text }));
    await expect(listBuildpacks(home)).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
  });
});

describe('the app store', () => {
  test('remembers, lists and forgets apps', async () => {
    const home = homeAt(tempDir());
    expect(await listApps(home)).toEqual([]);
    await saveApp(home, { name: '../evil/app', port: 1 });
    await saveApp(home, { name: 'web' });
    expect(await loadApp(home, '../evil/app')).toEqual({ name: '../evil/app', port: 1 });
    expect((await listApps(home)).map(({ name }) => name)).toEqual(['../evil/app', 'web']);
    await deleteApp(home, '../evil/app');
    await deleteApp(home, 'never there');
    expect(await loadApp(home, '../evil/app')).toBeUndefined();
    expect((await listApps(home)).map(({ name }) => name)).toEqual(['web']);
  });

  test('a damaged record is unreadable state', async () => {
    const home = homeAt(tempDir());
    await saveApp(home, { name: 'web' });
    writeFileSync(appFiles(home, 'web').app, '"web"');
    await expect(loadApp(home, 'web')).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
  });

  test('a name is one folder, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const encoded = encodeAppName(name);
        expect(encoded).toMatch(/^[^./\0][^/\0]*$/);
        expect(encoded.length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 10_000 },
    );
    expect(encodeAppName('a'.repeat(201))).not.toBe(encodeAppName('a'.repeat(202)));
    expect(encodeAppName('')).not.toBe('');
  });
});

test('a temporary directory goes away with its owner', async () => {
  let path: string;
  {
    await using dir = await makeTempDir('unit');
    path = dir.path;
    writeFileSync(join(path, 'x'), 'x');
    expect(statSync(path).mode & 0o777).toBe(0o700);
  }
  expect(() => statSync(path)).toThrow('ENOENT');
});
