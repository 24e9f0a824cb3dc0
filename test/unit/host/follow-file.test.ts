import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { followLines } from '../../../src/host/follow-file.ts';
import { readLastLines } from '../../../src/host/last-lines.ts';
import { put, tempDir } from './host-fixtures.ts';

/** Follows a file, doing the next step each time the line it waits for has come. */
async function follow(
  path: string,
  fromStart: boolean,
  steps: readonly [string | undefined, () => void][],
): Promise<string[]> {
  const controller = new AbortController();
  const lines: string[] = [];
  const left = [...steps];
  const advance = (line: string | undefined): void => {
    if (left[0]?.[0] === line) left.shift()?.[1]();
    if (left.length === 0) controller.abort();
  };
  const following = followLines({ path, older: `${path}.1` }, { fromStart, signal: controller.signal });
  setTimeout(() => advance(undefined), 50);
  for await (const some of following) {
    for (const line of some) {
      lines.push(line);
      advance(line);
    }
  }
  return lines;
}

describe('followLines', () => {
  test('waits for a file and its folder, and for the end of a line', async () => {
    const path = join(tempDir(), 'later/log');
    const lines = await follow(path, false, [
      [undefined, () => put(path, 'one\ntw')],
      ['one', () => appendFileSync(path, 'o\nthree\n')],
      ['three', () => undefined],
    ]);
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  test('begins at the end unless told otherwise', async () => {
    const path = join(tempDir({ log: 'old\n' }), 'log');
    const append = (): void => appendFileSync(path, 'new ü\n');
    expect(
      await follow(path, false, [
        [undefined, append],
        ['new ü', () => undefined],
      ]),
    ).toEqual(['new ü']);
    expect(
      await follow(path, true, [
        ['old', () => undefined],
        ['new ü', () => undefined],
      ]),
    ).toEqual(['old', 'new ü']);
  });

  test('goes on in the file that takes the place of the old one', async () => {
    const folder = tempDir({ log: 'a\n' });
    const path = join(folder, 'log');
    const rotate = (): void => {
      appendFileSync(path, 'b\n');
      writeFileSync(join(folder, 'new'), 'c\n');
      renameSync(path, join(folder, 'log.1'));
      renameSync(join(folder, 'new'), path);
    };
    expect(
      await follow(path, true, [
        ['a', rotate],
        ['c', () => undefined],
      ]),
    ).toEqual(['a', 'b', 'c']);
  });

  test('begins again when the file is cut', async () => {
    const path = join(tempDir({ log: 'a long line\n' }), 'log');
    const cut = (): void => writeFileSync(path, 'b\n');
    expect(
      await follow(path, true, [
        ['a long line', cut],
        ['b', () => undefined],
      ]),
    ).toEqual(['a long line', 'b']);
  });
});

describe('readLastLines', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `line ${index} ü`);
  test.each<[string, string, number, readonly string[]]>([
    ['fewer than asked for', 'a\nb\n', 5, ['a', 'b']],
    ['exactly as many', 'a\nb\n', 2, ['a', 'b']],
    ['the last one', 'a\nb\n', 1, ['b']],
    ['no unfinished line', 'a\nb', 2, ['a']],
    ['empty lines', 'a\n\n\n', 2, ['', '']],
    ['nothing of an empty file', '', 2, []],
    ['none', 'a\n', 0, []],
    ['across chunks', `${many.join('\n')}\n`, 15_000, many.slice(-15_000)],
  ])('%s', async (_, text, count, expected) => {
    expect(await readLastLines(join(tempDir({ log: text }), 'log'), count)).toEqual(expected);
  });

  test('nothing of a file that is not there', async () => {
    expect(await readLastLines('/no/such/log', 3)).toEqual([]);
  });
});
