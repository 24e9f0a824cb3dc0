import { chmod, mkdir, symlink } from 'node:fs/promises';
import { expect } from 'vitest';
import { openOddLab } from './support/odd-lab.ts';
import type { RedoLab } from './support/redo-lab.ts';
import { test } from './support/workplace.ts';

type Edit = readonly [string, (lab: RedoLab) => Promise<unknown>];

const FIRST = 'from supply of leaves-odd-files';
const SECOND = 'from supply of undoes-its-supply';
const FINALIZE = 'from finalize of undoes-its-supply';
const RELEASE = 'from release of undoes-its-supply';

/** What is said → what is done. Each builds on those before. */
const APP_EDITS: readonly Edit[] = [
  [`app.txt of the app changed: ${FIRST}`, (lab) => lab.write('app/app.txt', 'other\n')],
  [`new/dir/file of the app added: ${FIRST}`, (lab) => lab.write('app/new/dir/file', 'new\n')],
  [`public/deep/er/page.html of the app removed: ${FIRST}`, (lab) => lab.remove('app/public/deep')],
  [`lib/one.rb of the app changed: ${FIRST}`, (lab) => chmod(lab.path('app/lib/one.rb'), 0o755)],
  [`link of the app added: ${FIRST}`, (lab) => symlink('lib', lab.path('app/link'))],
  [
    `link of the app changed: ${FIRST}`,
    async (lab) => {
      await lab.remove('app/link');
      await symlink('new/dir', lab.path('app/link'));
    },
  ],
  [
    `lib and 2 more of the app added: ${FIRST}`,
    async (lab) => {
      await lab.remove('app/lib');
      await lab.write('app/lib', 'a file in the place of a directory\n');
    },
  ],
  [
    `link and 1 more of the app removed: ${FIRST}`,
    async (lab) => {
      await lab.remove('app/link');
      await lab.write('app/link/inside', 'a directory in the place of a link\n');
    },
  ],
  [
    `new and 1 more of the app added: ${FIRST}`,
    async (lab) => {
      await lab.remove('app/new');
      await symlink('public', lab.path('app/new'));
    },
  ],
  [
    `odd \n name of the app added: ${FIRST}`,
    async (lab) => {
      await lab.write('app/odd \n name', 'odd\n');
      await mkdir(lab.path('app/empty'));
    },
  ],
];

const BUILDPACK_EDITS: readonly Edit[] = [
  [
    `lib/tool of leaves-odd-files changed: ${FIRST}`,
    (lab) => lab.edit('leaves-odd-files/lib/tool', (text) => text.replace('1', '2')),
  ],
  [
    `bin/supply of leaves-odd-files changed: ${FIRST}`,
    (lab) => lab.edit('leaves-odd-files/bin/supply', (text) => `${text}echo edited >"$deps/edited"\n`),
  ],
  [
    `lib/settings of undoes-its-supply changed: ${SECOND}`,
    (lab) => lab.write('undoes-its-supply/lib/settings', 'export SETTING=2\n'),
  ],
  // Its supply looks into it.
  [
    `bin/release of undoes-its-supply changed: ${SECOND}`,
    (lab) => lab.edit('undoes-its-supply/bin/release', (text) => `${text}echo '# edited'\n`),
  ],
  [
    `lib/only-finalize of undoes-its-supply changed: ${FINALIZE}`,
    (lab) => lab.write('undoes-its-supply/lib/only-finalize', 'second\n'),
  ],
  [
    `bin/finalize of undoes-its-supply changed: ${FINALIZE}`,
    (lab) => lab.edit('undoes-its-supply/bin/finalize', (text) => `${text}echo edited >"$deps/edited"\n`),
  ],
  [
    `lib/command of undoes-its-supply changed: ${RELEASE}`,
    (lab) => lab.write('undoes-its-supply/lib/command', 'sleep 2\n'),
  ],
  [
    `lib/extra of undoes-its-supply added: ${SECOND}`,
    (lab) => lab.write('undoes-its-supply/lib/extra', 'nobody reads it\n'),
  ],
  [`lib/extra of undoes-its-supply removed: ${SECOND}`, (lab) => lab.remove('undoes-its-supply/lib/extra')],
  [
    `bin/finalize of undoes-its-supply changed: ${SECOND}`,
    (lab) => chmod(lab.path('undoes-its-supply/bin/finalize'), 0o644),
  ],
  [
    `bin/finalize of undoes-its-supply changed: ${SECOND}`,
    (lab) => chmod(lab.path('undoes-its-supply/bin/finalize'), 0o755),
  ],
  [
    `bin/finalize of undoes-its-supply changed: ${FINALIZE}`,
    (lab) =>
      lab.edit(
        'undoes-its-supply/bin/finalize',
        (text) => `${text}echo late >>"$deps/stays/settings"\nexit 3\n`,
      ),
  ],
  [
    `bin/finalize of undoes-its-supply changed: ${FINALIZE}`,
    (lab) => lab.edit('undoes-its-supply/bin/finalize', (text) => text.replace('exit 3\n', '')),
  ],
  [
    `lib/state of changes-itself changed: ${FIRST}`,
    (lab) => lab.write('changes-itself/lib/state', 'other\n'),
  ],
  [`lib/removed of changes-itself removed: ${FIRST}`, (lab) => lab.remove('changes-itself/lib/removed')],
  [
    `SETTING changed: ${FIRST}`,
    (lab) => {
      lab.env = { SETTING: 'for scripts' };
      return Promise.resolve();
    },
  ],
];

for (const [what, edits] of [
  ['of the app', APP_EDITS],
  ['of buildpacks', BUILDPACK_EDITS],
] as const) {
  test(`after every kind of change ${what} a redo gives what staging from nothing gives`, async ({
    place,
  }) => {
    await using lab = await openOddLab(place);
    const [first, nothing] = await Promise.all([lab.redo(), lab.fromNothing()]);
    expect(first.outcome).toEqual(nothing);
    for (const [reason, edit] of edits) {
      await edit(lab);
      const [redone, fromNothing] = await Promise.all([lab.redo(), lab.fromNothing()]);
      expect.soft(redone.redo.reason).toBe(reason);
      expect(redone.outcome, reason).toEqual(fromNothing);
    }
    expect(lab.memory.events.filter(({ type }) => type === 'warning')).toEqual([]);
  });
}
