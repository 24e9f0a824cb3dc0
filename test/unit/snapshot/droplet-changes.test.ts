import { expect, test } from 'vitest';
import { dropletChanges } from '../../../src/snapshot/droplet-changes.ts';

const member = (token: string, given: object = {}) => ({
  ...{ type: 'file' as const, mode: 0o644, uid: 2000, gid: 2000, size: 1, token },
  ...given,
});

test('members with another token have changed, directories only with their mode', () => {
  const before = new Map([
    ['app/same', member('1')],
    ['app/other', member('2')],
    ['app/gone', member('3')],
    ['deps/0', member('4', { type: 'directory' })],
    ['staging_info.yml', member('5')],
  ]);
  const after = new Map([
    ['app/same', member('1')],
    ['app/other', member('6')],
    ['deps/0', member('7', { type: 'directory' })],
    ['deps/0/new', member('8')],
    ['staging_info.yml', member('9')],
  ]);
  const changes = dropletChanges(before, after).map(({ tree, path, change }) => `${change} ${tree} ${path}`);
  expect(changes).toEqual([
    'removed app gone',
    'changed app other',
    'added deps 0/new',
    'changed elsewhere staging_info.yml',
  ]);
});
