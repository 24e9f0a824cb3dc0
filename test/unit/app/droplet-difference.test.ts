import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dropletDifference, type DropletMember } from '../../../src/app/droplet-difference.ts';

function droplet(members: Readonly<Record<string, string>>): ReadonlyMap<string, DropletMember> {
  return new Map(
    Object.entries(members).map(([path, token]) => [
      path,
      { type: token.startsWith('d') ? 'directory' : 'file', token },
    ]),
  );
}

describe('dropletDifference', () => {
  test.for([
    {
      what: 'nothing',
      before: { a: 'd1', 'a/x': 'f1' },
      after: { a: 'd1', 'a/x': 'f1' },
      removed: [],
      sent: [],
    },
    {
      what: 'a changed file, with the directories around it',
      before: { a: 'd1', 'a/b': 'd2', 'a/b/x': 'f1' },
      after: { a: 'd1', 'a/b': 'd2', 'a/b/x': 'f2' },
      removed: [],
      sent: ['a', 'a/b', 'a/b/x'],
    },
    {
      what: 'a removed directory, once',
      before: { a: 'd1', 'a/b': 'd2', 'a/b/x': 'f1' },
      after: { a: 'd1' },
      removed: ['a/b'],
      sent: ['a'],
    },
    {
      what: 'a directory in the place of a file',
      before: { x: 'f1' },
      after: { x: 'd1', 'x/y': 'f2' },
      removed: ['x'],
      sent: ['x', 'x/y'],
    },
    {
      what: 'a file in the place of a directory',
      before: { x: 'd1', 'x/y': 'f2' },
      after: { x: 'f1' },
      removed: ['x'],
      sent: ['x'],
    },
    {
      what: 'a new name of a file that was there',
      before: { x: 'f1' },
      after: { x: 'f1', y: 'f1' },
      removed: [],
      sent: ['x', 'y'],
    },
  ])('$what', ({ before, after, removed, sent }) => {
    expect(dropletDifference(droplet(before), droplet(after))).toEqual({ removed, sent });
  });

  test('makes any droplet of any other', () => {
    const path = fc.constantFrom('a', 'a/b', 'a/b/x', 'a/y', 'c', 'c/z');
    const members = fc.array(fc.tuple(path, fc.constantFrom('f1', 'f2', 'f3'))).map(consistent);
    fc.assert(
      fc.property(members, members, (before, after) => {
        const { removed, sent } = dropletDifference(before, after);
        const made = new Map([...before].filter(([name]) => !removed.some((gone) => isBelow(name, gone))));
        for (const name of sent) made.set(name, after.get(name) as DropletMember);
        expect(new Map([...made].sort())).toEqual(new Map([...after].sort()));
      }),
    );
  });
});

/** What is above a path is a directory; nothing is below a file. */
function consistent(members: readonly (readonly [string, string])[]): ReadonlyMap<string, DropletMember> {
  const all = new Map<string, DropletMember>();
  for (const [path, token] of members) {
    if (all.has(path)) continue;
    const parents = path
      .split('/')
      .map((_, i, names) => names.slice(0, i).join('/'))
      .slice(1);
    if (parents.some((parent) => all.get(parent)?.type === 'file')) continue;
    for (const parent of parents) all.set(parent, { type: 'directory', token: 'd' });
    all.set(path, { type: 'file', token: `${token} ${path}` });
  }
  return all;
}

function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}
