import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Entry } from '../../../src/archive/entry.ts';
import { packTrees } from '../../../src/archive/pack-tree.ts';
import { readAppBits } from '../../../src/host/app-bits.ts';
import { linesOf, put, tempDir, zipOf } from './host-fixtures.ts';

const OWNER = { uid: 2000, gid: 2000 };

/** The entries, with something done between the listing of the first and its opening. */
async function* afterFirst(entries: AsyncIterable<Entry>, change: () => void): AsyncGenerator<Entry> {
  let isFirst = true;
  for await (const entry of entries) {
    if (isFirst) change();
    isFirst = false;
    yield entry;
  }
}

describe('a directory', () => {
  test('sends files with their modes and symlinks, but no directories of their own', async () => {
    const root = tempDir({
      'run.sh': { script: '#!/bin/sh\n' },
      'a/b/c.txt': 'c',
      'a/link': { link: '../run.sh' },
      'a/dangling': { link: '/no/such' },
      'empty/of/all': null,
      'ünïcode name': 'u',
    });
    chmodSync(join(root, 'a/b/c.txt'), 0o640);
    const bits = await readAppBits(root);
    const expected = [
      'file a/b/c.txt 640 = c',
      'file run.sh 755 = #!/bin/sh\n',
      'file ünïcode name 644 = u',
      'symlink a/dangling -> /no/such',
      'symlink a/link -> ../run.sh',
    ];
    expect(await linesOf(bits.entries())).toEqual(expected);
    expect(await linesOf(bits.entries())).toEqual(expected);
    expect(bits).toMatchObject({ fileCount: 5, totalBytes: 12 });
  });

  test('leaves out what cf leaves out, at any depth', async () => {
    const root = tempDir({
      '.cfignore': '*.log\nlogs\n!logs/keep\n!.gitignore\r\n',
      '.git/config': 'x',
      'manifest.yml': 'x',
      'sub/manifest.yml': 'x',
      'sub/.gitignore': 'x',
      'sub/.cfignore': 'x',
      'x.log': 'x',
      'logs/a': 'x',
      'logs/keep': 'kept',
      'app.rb': 'app',
    });
    expect(await linesOf((await readAppBits(root)).entries())).toEqual([
      'file app.rb 644 = app',
      'file logs/keep 644 = kept',
    ]);
  });

  test('may be named by a symlink, but none inside is followed', async () => {
    const root = tempDir({ 'a/b': 'b', c: { link: 'a' } });
    const link = join(tempDir(), 'app');
    symlinkSync(root, link);
    expect(await linesOf((await readAppBits(link)).entries())).toEqual([
      'file a/b 644 = b',
      'symlink c -> a',
    ]);
  });

  test.each([
    ['nothing', {}],
    ['nothing but empty directories', { 'a/b': null }],
    ['nothing but ignored files', { 'manifest.yml': 'x', '.cfignore': '' }],
  ])('with %s is no app', async (_, tree) => {
    const root = tempDir(tree);
    await expect(readAppBits(root)).rejects.toMatchObject({
      code: 'APP_BITS_EMPTY',
      message: `No app files found in '${root}'`,
    });
  });

  test('that does not exist is named in the error', async () => {
    await expect(readAppBits('/no/such/app')).rejects.toMatchObject({
      code: 'APP_PATH_INVALID',
      message: 'File not found locally, make sure the file exists at given path /no/such/app',
    });
  });

  test('may have 1 GiB and not a byte more', async () => {
    const root = tempDir({ big: '' });
    truncateSync(join(root, 'big'), 1_073_741_824);
    expect((await readAppBits(root)).totalBytes).toBe(1_073_741_824);
    put(join(root, 'one'), '1');
    await expect(readAppBits(root)).rejects.toMatchObject({
      code: 'APP_BITS_TOO_LARGE',
      message: 'The app package is invalid: Package may not be larger than 1073741824 bytes',
    });
  });

  test('with a named pipe or a socket is refused unless it is ignored', async () => {
    const root = tempDir({ a: 'a' });
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(readAppBits(root)).rejects.toMatchObject({
      code: 'APP_PATH_INVALID',
      message: expect.stringContaining('named pipe') as string,
    });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'sock'), resolve));
    onTestFinished(() => void server.close());
    put(join(root, '.cfignore'), 'pipe\n');
    await expect(readAppBits(root)).rejects.toMatchObject({
      message: expect.stringContaining('is a socket') as string,
    });
    put(join(root, '.cfignore'), 'pipe\nsock\n');
    expect((await readAppBits(root)).fileCount).toBe(1);
  });

  test.each<[string, number, (path: string) => void]>([
    ['a small file that grew', 10, (path: string) => appendFileSync(path, 'more')],
    ['a small file that shrank', 10, (path: string) => truncateSync(path, 3)],
    ['a large file that grew', 1_000_000, (path: string) => appendFileSync(path, 'more')],
    ['a large file that shrank', 1_000_000, (path: string) => truncateSync(path, 3)],
  ])('%s since it was listed is an error', async (_, size, spoil) => {
    const root = tempDir({ file: 'x'.repeat(size) });
    const change = (): void => spoil(join(root, 'file'));
    const bits = await readAppBits(root);
    const tar = packTrees([{ at: 'tmp/app', owner: OWNER, entries: afterFirst(bits.entries(), change) }]);
    await expect(tar.toArray()).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  test('a file that went away since it was listed is an error', async () => {
    const root = tempDir({ file: 'x', other: 'y' });
    const bits = await readAppBits(root);
    const change = (): void => rmSync(join(root, 'file'));
    const tar = packTrees([{ at: 'tmp/app', owner: OWNER, entries: afterFirst(bits.entries(), change) }]);
    await expect(tar.toArray()).rejects.toMatchObject({ code: 'APP_PATH_INVALID' });
  });

  test('a file without read permission is named in the error', async () => {
    const root = tempDir({ secret: 'x' });
    chmodSync(join(root, 'secret'), 0);
    chmodSync(root, 0o755);
    const bits = await readAppBits(root);
    if (process.geteuid?.() === 0) {
      process.seteuid?.(65534);
      onTestFinished(() => process.seteuid?.(0));
    }
    await expect(linesOf(bits.entries())).rejects.toMatchObject({
      code: 'APP_PATH_INVALID',
      message: `'${join(root, 'secret')}' cannot be read: permission denied`,
    });
    process.seteuid?.(0);
  });

  test('abortion ends the walk', async () => {
    await expect(readAppBits(tempDir({ a: 'a' }), AbortSignal.abort())).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });
});

describe('an archive', () => {
  test('sends every file as 0744, symlinks as they are', async () => {
    const zip = zipOf(
      {
        'a/run': { script: 'run' },
        'a/big': 'x'.repeat(70_000),
        'plain.txt': 'p',
        link: { link: 'a/run' },
        'empty/dir': null,
        'sub/manifest.yml': 'x',
      },
      'app.war',
    );
    const bits = await readAppBits(zip);
    expect(await linesOf(bits.entries())).toEqual([
      `file a/big 744 = ${'x'.repeat(70_000)}`,
      'file a/run 744 = run',
      'file plain.txt 744 = p',
      'symlink link -> a/run',
    ]);
    expect(bits).toMatchObject({ fileCount: 4, totalBytes: 70_004 });
  });

  test('can undo the built-in rules by its .cfignore', async () => {
    const zip = zipOf({ '.cfignore': '!.gitignore\nskipped\n', '.gitignore': 'g', 'a/skipped': 's', b: 'b' });
    expect(await linesOf((await readAppBits(zip)).entries())).toEqual([
      'file .gitignore 744 = g',
      'file b 744 = b',
    ]);
  });

  test('of one entry is empty for cf', async () => {
    await expect(readAppBits(zipOf({ only: 'x' }))).rejects.toMatchObject({ code: 'APP_BITS_EMPTY' });
  });

  test('that is none is an error', async () => {
    const path = join(tempDir({ 'app.jar': 'no zip' }), 'app.jar');
    await expect(readAppBits(path)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  test.each([
    ['leaves', 'xx/evil', '../evil'],
    ['is absolute', '/xx', '/xx'],
  ])('with a name that %s is unsafe', async (_, harmless, evil) => {
    const zip = zipOf({ [harmless.replace(/^\//, 'r')]: 'x', 'another.txt': 'y' });
    const bytes = execFileSync('cat', [zip]).toString('latin1');
    writeFileSync(
      zip,
      bytes.replaceAll(harmless.replace(/^\//, 'r'), evil.slice(0, harmless.length)),
      'latin1',
    );
    await expect(readAppBits(zip)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  });
});
