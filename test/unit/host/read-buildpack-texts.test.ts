import { expect, test } from 'vitest';
import type { Entry } from '../../../src/archive/entry.ts';
import { openBuildpack } from '../../../src/host/buildpack-source.ts';
import { homeAt } from '../../../src/host/home.ts';
import { readBuildpackTexts } from '../../../src/host/read-buildpack-texts.ts';
import { tempDir, zipOf } from './host-fixtures.ts';

const TREE = {
  'bin/supply': { script: '#!/usr/bin/env bash\necho é\n' },
  'bin/binary': 'a\0b',
  'lib/large.sh': 'x'.repeat(512 * 1024 + 1),
  'lib/largest.sh': 'x'.repeat(512 * 1024),
  'lib/link': { link: 'a.sh' },
  'vendor/a.sh': 'not wanted',
  empty: '',
} as const;

const wanted = (path: string) => !path.startsWith('vendor/');
const signal = new AbortController().signal;

test.each(['directory', 'zip'] as const)('texts of a %s', async (kind) => {
  const location = kind === 'zip' ? zipOf(TREE) : tempDir(TREE);
  await using source = await openBuildpack({ kind, location }, { home: homeAt(tempDir()) });
  const texts = await readBuildpackTexts(source.entries(), wanted, signal);
  expect([...texts.keys()].sort()).toEqual(['bin/supply', 'empty', 'lib/largest.sh']);
  expect(texts.get('bin/supply')).toBe('#!/usr/bin/env bash\necho é\n');
});

test('stops at a sum of sizes', async () => {
  const size = 512 * 1024;
  let opened = 0;
  async function* many(): AsyncGenerator<Entry> {
    for (let i = 0; i < 200; i++) {
      const open = () => {
        opened += 1;
        return Buffer.alloc(size, 'x');
      };
      yield await Promise.resolve({ path: `f${i}`, mode: 0o644, type: 'file', size, open });
    }
  }
  const texts = await readBuildpackTexts(many(), wanted, signal);
  expect([texts.size, opened]).toEqual([64, 65]);
});

test('can be interrupted', async () => {
  await using source = await openBuildpack(
    { kind: 'directory', location: tempDir(TREE) },
    { home: homeAt(tempDir()) },
  );
  const texts = readBuildpackTexts(source.entries(), wanted, AbortSignal.abort());
  await expect(texts).rejects.toMatchObject({ code: 'INTERRUPTED' });
});
