import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fencedBlocks } from './support/markdown.ts';
import { CFSTAGE, fixture, ROOT } from './support/paths.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

/** The examples that the README promises to work, in a folder that holds `fixtures/` and with `cfstage` on PATH. */
const examples = fencedBlocks(readFileSync(join(ROOT, 'README.md'), 'utf8'), 'sh test');

describe('the examples of README.md', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await openWorkplace();
    await cp(fixture(), join(place.root, 'fixtures'), { recursive: true, verbatimSymlinks: true });
    await mkdir(join(place.root, 'bin'));
    await symlink(CFSTAGE, join(place.root, 'bin/cfstage'));
  });

  afterAll(async () => {
    const { stdout } = await place.succeed(['apps', '--json']);
    await place.close();
    // Those without a stack are of other state folders.
    const own = (JSON.parse(stdout) as { state: string; stack?: string }[]).filter(
      ({ stack }) => stack !== undefined,
    );
    expect(own.filter(({ state }) => state === 'started')).toEqual([]);
  });

  it('are there', () => {
    expect(examples).not.toEqual([]);
  });

  it.each(examples)('line $line', async ({ text }) => {
    const env = {
      CFSTAGE_HOME: place.home,
      TMPDIR: place.temp,
      PATH: `${join(place.root, 'bin')}:${process.env['PATH'] ?? ''}`,
    };
    const { exitCode, all } = await execa('bash', ['-euo', 'pipefail', '-c', text], {
      cwd: place.root,
      env,
      stdin: 'ignore',
      all: true,
      reject: false,
    });
    expect(exitCode, all).toBe(0);
  });
});
