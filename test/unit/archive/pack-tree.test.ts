import { execFileSync } from 'node:child_process';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../src/archive/entry.ts';
import { packTrees } from '../../../src/archive/pack-tree.ts';
import { bytesOf, iterate, listingOf, OWNER } from './tar-fixtures.ts';

function fileEntry(path: string, content: string | Buffer, mtime?: number): Entry {
  const buffer = Buffer.from(content);
  const base = { path, mode: 0o640, type: 'file', size: buffer.length, open: () => buffer } as const;
  return mtime === undefined ? base : { ...base, mtime };
}

function pack(...entries: Entry[]): Readable {
  return packTrees([{ at: 'tmp/app', owner: OWNER, entries: iterate(entries) }]);
}

describe('packTrees', () => {
  test('puts each directory with its owner before what it holds', async () => {
    const trees = [
      {
        at: 'tmp/app',
        owner: OWNER,
        entries: iterate([fileEntry('a/b/c.txt', 'c'), fileEntry('a/d.txt', 'd')]),
      },
      {
        at: 'opt',
        owner: { uid: 0, gid: 7 },
        entries: iterate<Entry>([
          { path: 'bin', type: 'directory', mode: 0o700 },
          fileEntry('bin/x', 'x'),
          { path: 'link', type: 'symlink', mode: 0o777, target: '../nowhere' },
        ]),
      },
    ];
    expect(await listingOf(packTrees(trees))).toEqual([
      'directory tmp/app 755 2000:2000',
      'directory tmp/app/a 755 2000:2000',
      'directory tmp/app/a/b 755 2000:2000',
      'file tmp/app/a/b/c.txt 640 2000:2000 = c',
      'file tmp/app/a/d.txt 640 2000:2000 = d',
      'directory opt 755 0:7',
      'directory opt/bin 700 0:7',
      'file opt/bin/x 640 0:7 = x',
      'symlink opt/link 777 0:7 -> ../nowhere',
    ]);
  });

  test('the root of the container gets no member of its own', async () => {
    const tar = packTrees([{ at: '', owner: OWNER, entries: iterate([fileEntry('x', '1')]) }]);
    expect(await listingOf(tar)).toEqual(['file x 640 2000:2000 = 1']);
  });

  test('GNU tar reads names that are long or not ASCII, modes of zero and times', async () => {
    const long = `${'d'.repeat(120)}/${'f'.repeat(180)}`;
    const tar = await bytesOf(
      pack(fileEntry(long, 'long'), fileEntry('grüße-日本', 'ü', 1_500_000_000_000), {
        ...fileEntry('none', ''),
        mode: 0,
      }),
    );
    const listed = execFileSync('tar', ['-tvf', '-', '--full-time', '--utc', '--quoting-style=literal'], {
      input: tar,
    });
    const lines = listed.toString().trim().split('\n');
    expect(lines[2]).toContain(`tmp/app/${long}`);
    expect(lines[3]).toMatch(/-rw-r----- 2000\/2000 +2 2017-07-14 02:40:00 tmp\/app\/grüße-日本/);
    expect(lines[4]).toMatch(/^---------- /);
  });

  test('passes a large stream through and closes it', async () => {
    const size = 5_000_000;
    const content = Readable.from([Buffer.alloc(size / 2, 'a'), Buffer.alloc(size / 2, 'b')]);
    const tar = await bytesOf(
      pack({ path: 'big', type: 'file', mode: 0o644, size, open: () => content }, fileEntry('z', 'z')),
    );
    expect(tar.indexOf('b'.repeat(100)) - tar.indexOf('a'.repeat(100))).toBe(size / 2);
    expect(content.destroyed).toBe(true);
    expect(await listingOf(Readable.from([tar]))).toHaveLength(3);
  });

  test.each([
    ['a buffer too short', 10, (): Buffer => Buffer.alloc(9)],
    ['a buffer too long', 10, (): Buffer => Buffer.alloc(11)],
    ['a stream too short', 10, (): Readable => Readable.from([Buffer.alloc(9)])],
    ['a stream too long', 10, (): Readable => Readable.from([Buffer.alloc(9), Buffer.alloc(9)])],
  ])('refuses %s', async (_, size, open) => {
    const tar = pack({ path: 'grown', type: 'file', mode: 0o644, size, open });
    await expect(bytesOf(tar)).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: 'File tmp/app/grown has been modified since the start of push',
    });
  });

  test('refuses an entry that leaves its tree', async () => {
    await expect(bytesOf(pack(fileEntry('../x', '')))).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  });

  test('an error of the entries is the error of the stream', async () => {
    const failing = Readable.from([fileEntry('a', 'a')]).map(() => {
      throw new Error('no more');
    }) as AsyncIterable<Entry>;
    const tar = packTrees([{ at: 'x', owner: OWNER, entries: failing }]);
    await expect(bytesOf(tar)).rejects.toThrow('no more');
  });

  test('abortion closes a file that never ends', async () => {
    const endless = new PassThrough();
    endless.write('x');
    const controller = new AbortController();
    const entries = iterate<Entry>([{ path: 'f', type: 'file', mode: 0o644, size: 9, open: () => endless }]);
    const tar = packTrees([{ at: 'x', owner: OWNER, entries }], controller.signal);
    const closed = new Promise((resolve) => endless.once('close', resolve));
    endless.once('resume', () => controller.abort());
    const reading = bytesOf(tar);
    setImmediate(() => controller.abort());
    await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await closed;
  });

  test('closing the stream closes a file that never ends', async () => {
    const endless = new PassThrough();
    const closed = new Promise((resolve) => endless.once('close', resolve));
    const tar = pack({ path: 'f', type: 'file', mode: 0o644, size: 9, open: () => endless });
    setImmediate(() => tar.destroy());
    await closed;
    expect(endless.destroyed).toBe(true);
  });
});
