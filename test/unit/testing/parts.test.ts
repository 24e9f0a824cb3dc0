import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheUse } from '../../../src/lifecycle/cache-use.ts';
import { listeningPorts, parseProcesses } from '../../../src/lifecycle/probe-scripts.ts';
import { fixture } from '../../../src/testing/fixture.ts';
import { makeFixture } from '../../../src/testing/make-fixture.ts';
import { globRegExp } from '../../../src/testing/matchers/glob.ts';

describe('a fixture', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'cfstage-fixture-test-'));
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('is a copy with its changes, and the original stays', async () => {
    const original = fixture(import.meta.dirname);
    const changed = original
      .with({ 'new/file': 'text', 'parts.test.ts': (text) => (text.length > 0 ? 'changed' : '') })
      .without('matchers.test.ts')
      .withMode('new/file', 0o751);
    expect(original.changes).toEqual([]);
    const path = await makeFixture(changed, parent);
    expect(await readFile(join(path, 'new/file'), 'utf8')).toBe('text');
    expect((await stat(join(path, 'new/file'))).mode & 0o777).toBe(0o751);
    expect(await readFile(join(path, 'parts.test.ts'), 'utf8')).toBe('changed');
    await expect(stat(join(path, 'matchers.test.ts'))).rejects.toThrow('ENOENT');
  });

  it.each([
    { what: 'removes what is not there', made: () => fixture().without('nothing') },
    { what: 'writes outside', made: () => fixture().with({ '../out': '' }) },
    { what: 'is of no folder', made: () => fixture('/no/such/folder') },
  ])('that $what is refused', async ({ made }) => {
    await expect(makeFixture(made(), parent)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

it.each([
  { glob: 'deps/*/bin/ruby', path: 'deps/0/bin/ruby', matches: true },
  { glob: 'deps/*/bin/ruby', path: 'deps/0/x/bin/ruby', matches: false },
  { glob: 'deps/0/**', path: 'deps/0/a/b', matches: true },
  { glob: 'deps/0/**/b', path: 'deps/0/b', matches: true },
  { glob: 'deps/0/lib/*.so', path: 'deps/0/lib/xso', matches: false },
])('the pattern $glob and $path: $matches', ({ glob, path, matches }) => {
  expect(globRegExp(glob).test(path)).toBe(matches);
});

it('finds listening ports in what the kernel shows, but not those of the engine', () => {
  const text = `  sl  local_address rem_address   st
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000
   1: 0B00007F:904D 00000000:0000 0A 00000000:00000000
   2: 0100007F:1F92 00000000:0000 0A 00000000:00000000
   3: 0200A8C0:1F90 0100A8C0:C1F2 01 00000000:00000000
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0`;
  expect(listeningPorts(text)).toEqual([8080, 8082]);
});

it('leaves itself out of the processes', () => {
  const text =
    '77\n    1     0 root     /bin/bash init\n   77     0 vcap     /bin/bash -c\n   78    77 vcap     ps\n';
  expect(parseProcesses(text)).toEqual([{ pid: 1, ppid: 0, user: 'root', command: '/bin/bash init' }]);
});

describe('what became of a restored cache', () => {
  const nul = (text: string) => text.replaceAll('|', '\0');
  const restored = nul(
    'yes\n1 100 50 7 a/read|2 100 50 8 a/untouched|3 100 50 9 a/written|4 100 50 5 a/moved|5 100 50 6 a/gone|',
  );

  it('is told by times of access, and by inodes with their content', () => {
    const used = nul('1 200 50 7 a/read|2 100 50 8 a/untouched|3 200 60 9 a/written||4 50 5|5 70 6|');
    expect(cacheUse(restored, used)).toEqual({
      tellsReads: true,
      restored: ['a/read', 'a/untouched', 'a/written', 'a/moved', 'a/gone'],
      read: ['a/read'],
      moved: ['a/moved'],
      overwritten: ['a/written'],
      removed: ['a/gone'],
    });
  });

  it('is unknown where reads are not told', () => {
    expect(cacheUse('no\n', '\0')).toEqual({
      tellsReads: false,
      restored: [],
      read: [],
      moved: [],
      overwritten: [],
      removed: [],
    });
  });
});
