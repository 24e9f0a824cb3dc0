import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setupModule } from './setup-module.ts';

const { withLock } = await setupModule<{
  withLock: <T>(lock: string, work: () => Promise<T>) => Promise<T>;
}>('lock');

let directory: string;
let lock: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cfstage-test-'));
  lock = path.join(directory, 'setup.lock');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

it('lets one at a time work', async () => {
  const running = new Set<number>();
  let most = 0;
  const work = (id: number) => async () => {
    running.add(id);
    most = Math.max(most, running.size);
    await new Promise(setImmediate);
    running.delete(id);
    return id;
  };
  expect(await Promise.all([1, 2, 3].map((id) => withLock(lock, work(id))))).toEqual([1, 2, 3]);
  expect(most).toBe(1);
});

it('leaves nothing, also when the work fails', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
  expect(readdirSync(directory)).toEqual([]);
});

it('takes over the lock of a process that is gone', async () => {
  mkdirSync(lock);
  const gone = spawnSync(process.execPath, ['--version']).pid;
  writeFileSync(path.join(lock, 'pid'), String(gone));
  expect(await withLock(lock, () => Promise.resolve(existsSync(lock)))).toBe(true);
  expect(readdirSync(directory)).toEqual([]);
});
