import { execa } from 'execa';
import { expect, it } from 'vitest';
import { ROOT } from './support/paths.ts';

it('a set-up where all is there does nothing and says nothing', async () => {
  const { all } = await execa(process.execPath, ['scripts/setup.js', 'all'], { cwd: ROOT, all: true });
  expect(all).toBe('');
});
