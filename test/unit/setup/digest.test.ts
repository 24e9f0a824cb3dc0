import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setupModule } from './setup-module.ts';

const { digestOf, isStamped, writeStamp } = await setupModule<{
  digestOf: (root: string, names: string[]) => string;
  isStamped: (stamp: string, digest: string) => boolean;
  writeStamp: (stamp: string, digest: string) => void;
}>('digest');

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cfstage-test-'));
  mkdirSync(path.join(root, 'src/deep'), { recursive: true });
  writeFileSync(path.join(root, 'src/deep/a.ts'), 'a');
  writeFileSync(path.join(root, 'lock.json'), '{}');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const digest = () => digestOf(root, ['src', 'lock.json']);

it.each<[string, () => void]>([
  ['a file deep below changes', () => writeFileSync(path.join(root, 'src/deep/a.ts'), 'b')],
  ['a file is added', () => writeFileSync(path.join(root, 'src/b.ts'), '')],
  ['a file is renamed', () => renameSync(path.join(root, 'src/deep/a.ts'), path.join(root, 'src/deep/b.ts'))],
  ['a file goes', () => rmSync(path.join(root, 'src/deep/a.ts'))],
])('changes when %s', (_what, change) => {
  const before = digest();
  expect(digest()).toBe(before);
  change();
  expect(digest()).not.toBe(before);
});

it('is kept in a stamp', () => {
  const stamp = path.join(root, 'node_modules/.stamp');
  expect(isStamped(stamp, digest())).toBe(false);
  writeStamp(stamp, digest());
  expect(isStamped(stamp, digest())).toBe(true);
  expect(isStamped(stamp, 'another')).toBe(false);
});
