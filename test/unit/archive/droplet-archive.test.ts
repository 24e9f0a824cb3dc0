import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { checkDroplet, readDroplet } from '../../../src/archive/droplet-archive.ts';
import { gzip } from '../../../src/archive/gzip.ts';
import { directory, file, link, listingOf, tarOf } from './tar-fixtures.ts';

const INFO = '{"detected_buildpack":"x","start_command":"run"}';
const members = [
  directory('./app'),
  file('./app/run', 'run', 0o755),
  link('hardlink', './app/again', './app/run'),
  file('./staging_info.yml', INFO),
];

describe('readDroplet', () => {
  test.each([
    ['plain', (): Readable => tarOf(...members)],
    ['gzipped', (): Readable => gzip(tarOf(...members))],
  ])('yields the plain tar and the staging info of a %s droplet', async (_, open) => {
    const { tar, stagingInfo } = readDroplet(open(), { uid: 1, gid: 2 });
    expect(await listingOf(tar)).toEqual([
      'directory app 755 1:2',
      'file app/run 755 1:2 = run',
      'hardlink app/again 777 1:2 -> app/run',
      `file staging_info.yml 644 1:2 = ${INFO}`,
    ]);
    expect(await stagingInfo).toBe(INFO);
  });
});

describe('checkDroplet', () => {
  test('gives the staging info', async () => {
    expect(await checkDroplet(tarOf(...members))).toBe(INFO);
  });

  test.each([
    ['text', (): Readable => Readable.from([Buffer.from('hello '.repeat(200))])],
    ['nothing at all', (): Readable => Readable.from([])],
    ['an archive without app', (): Readable => tarOf(file('staging_info.yml', INFO))],
    [
      'an archive with a file named app',
      (): Readable => tarOf(file('app', ''), file('staging_info.yml', INFO)),
    ],
    ['an archive without staging info', (): Readable => tarOf(directory('app'))],
    [
      'a huge staging info',
      (): Readable => tarOf(directory('app'), file('staging_info.yml', 'x'.repeat(2_000_000))),
    ],
  ])('refuses %s', async (_, open) => {
    await expect(checkDroplet(open())).rejects.toMatchObject({ code: 'DROPLET_INVALID' });
  });

  test('an unsafe one is told as such', async () => {
    await expect(checkDroplet(tarOf(file('../x', '')))).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  });

  test('one that nobody reads to its end has no staging info', async () => {
    const { tar, stagingInfo } = readDroplet(tarOf(...members), { uid: 1, gid: 2 });
    tar.destroy();
    await expect(stagingInfo).rejects.toMatchObject({ code: 'DROPLET_INVALID' });
  });
});
