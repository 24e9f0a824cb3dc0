import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gunzipIfGzipped, gzip } from '../../../src/archive/gzip.ts';
import { readTar } from '../../../src/archive/read-tar.ts';
import { rewriteTar } from '../../../src/archive/rewrite-tar.ts';
import { bytesOf, directory, file, link, listingOf, tarOf } from './tar-fixtures.ts';

const fromContents = (path: string): string | undefined =>
  path.startsWith('contents/') ? `./${path.slice('contents/'.length)}` : undefined;

describe('rewriteTar', () => {
  test('renames, drops and adds members and keeps links whole', async () => {
    const source = tarOf(
      directory('contents'),
      directory('contents/app', 0o700),
      file('contents/app/run', 'run', 0o755),
      link('hardlink', 'contents/app/again', 'contents/app/run'),
      link('symlink', 'contents/app/link', '../deps'),
      file('other', 'dropped'),
    );
    const tar = await bytesOf(
      rewriteTar(source, { rename: fromContents, last: [file('./staging_info.yml', '{}')] }),
    );
    expect(tar.subarray(0, 6).toString()).toBe('./app/');
    expect(await listingOf(Readable.from([tar]))).toEqual([
      'directory app 700 2000:2000',
      'file app/run 755 2000:2000 = run',
      'hardlink app/again 777 2000:2000 -> app/run',
      'symlink app/link 777 2000:2000 -> ../deps',
      'file staging_info.yml 644 2000:2000 = {}',
    ]);
  });

  test('gives every member the owner asked for', async () => {
    const tar = rewriteTar(tarOf(file('a', '1')), { rename: (path) => path, owner: { uid: 5, gid: 6 } });
    expect(await listingOf(tar)).toEqual(['file a 644 5:6 = 1']);
  });

  test('refuses a hard link that lost its file', async () => {
    const source = tarOf(file('x', 'x'), link('hardlink', 'contents/y', 'x'));
    await expect(bytesOf(rewriteTar(source, { rename: fromContents }))).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
    });
  });

  test('does not read ahead of its reader', async () => {
    const size = 64 * 1024 * 1024;
    let produced = 0;
    const content = new Readable({
      read() {
        produced += 65_536;
        this.push(produced > size ? null : Buffer.alloc(65_536));
      },
    });
    const source = tarOf({
      path: 'big',
      type: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size,
      open: () => content,
    });
    const tar = rewriteTar(source, { rename: (path) => path });
    let received = 0;
    let furthest = 0;
    for await (const chunk of tar as AsyncIterable<Buffer>) {
      received += chunk.length;
      furthest = Math.max(furthest, produced - received);
      await new Promise(setImmediate);
    }
    expect(received).toBeGreaterThan(size);
    expect(furthest).toBeLessThan(8 * 1024 * 1024);
  });

  test('closing the result closes the source', async () => {
    const source = new PassThrough();
    const closed = new Promise((resolve) => source.once('close', resolve));
    const tar = rewriteTar(source, { rename: (path) => path });
    setImmediate(() => tar.destroy());
    await closed;
    expect(source.destroyed).toBe(true);
  });
});

describe('readTar', () => {
  test('takes a gzipped archive as well', async () => {
    expect(await listingOf(gzip(tarOf(file('a', 'text'))))).toEqual(['file a 644 2000:2000 = text']);
  });

  test('an unread member is skipped', async () => {
    const paths: string[] = [];
    for await (const { path } of readTar(tarOf(file('a', 'x'.repeat(200_000)), file('b', ''))))
      paths.push(path);
    expect(paths).toEqual(['a', 'b']);
  });

  test.each([
    ['text', Buffer.from('no archive '.repeat(100))],
    ['half a gzip', gzipSync(Buffer.alloc(100_000, 'a')).subarray(0, 60)],
    ['half a header', Buffer.alloc(300, 'a')],
  ])('refuses %s', async (_, bytes) => {
    await expect(listingOf(Readable.from([bytes]))).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  test('refuses half an archive', async () => {
    const whole = await bytesOf(tarOf(file('a', 'x'.repeat(5000))));
    await expect(listingOf(Readable.from([whole.subarray(0, 2000)]))).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
    });
  });

  test.each([
    ['an absolute name', [file('/etc/passwd', 'x')]],
    ['a name that leaves', [file('a/../../x', 'x')]],
    ['a file through a symlink', [link('symlink', 'a', '/etc'), file('a/passwd', 'x')]],
    ['a hard link out', [link('hardlink', 'a', '/etc/shadow')]],
  ])('refuses %s', async (_, members) => {
    await expect(listingOf(tarOf(...members))).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  });

  test('abortion ends a read that waits', async () => {
    const source = new PassThrough();
    const controller = new AbortController();
    const reading = readTar(source, controller.signal).next();
    setImmediate(() => controller.abort());
    await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(source.destroyed).toBe(true);
  });
});

describe('gunzipIfGzipped', () => {
  test.each(['', 'x', 'plain text'])('leaves %j alone', async (text) => {
    const source = Readable.from(text === '' ? [] : [Buffer.from(text)], { objectMode: false });
    expect((await bytesOf(await gunzipIfGzipped(source))).toString()).toBe(text);
  });

  test('finds the magic across chunks of one byte', async () => {
    const bytes = gzipSync('hello');
    const source = Readable.from(
      [...bytes].map((byte) => Buffer.from([byte])),
      { objectMode: false },
    );
    expect((await bytesOf(await gunzipIfGzipped(source))).toString()).toBe('hello');
  });
});
