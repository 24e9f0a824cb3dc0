import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputChanges } from '../../../src/snapshot/input-changes.ts';
import { parseNodes } from '../../../src/snapshot/listing.ts';
import { planRewind } from '../../../src/snapshot/plan-rewind.ts';
import { treeChanges } from '../../../src/snapshot/tree-changes.ts';
import { advance, NOTHING, type StateNode } from '../../../src/snapshot/tree-state.ts';

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));

/** A directory's path, '' at the top. */
function above(of: string): string {
  return of.slice(0, Math.max(0, of.lastIndexOf('/')));
}

function parents(of: string): string[] {
  const all: string[] = [];
  for (let parent = above(of); parent !== ''; parent = above(parent)) all.push(parent);
  return all;
}

/** Files with a version, none below another. */
const files = fc
  .dictionary(path, fc.constantFrom('f 644 1', 'f 644 2', 'l 777 x'), { maxKeys: 6 })
  .map((found) =>
    Object.fromEntries(
      Object.entries(found).filter(([file]) => parents(file).every((parent) => !(parent in found))),
    ),
  );

describe('going back', () => {
  const tree = files.chain((leaves) =>
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 20, maxLength: 20 }).map((tokens) => {
      const state = new Map<string, StateNode>();
      const add = (at: string, type: 'file' | 'directory') => {
        const token = (tokens[state.size] ?? 1) * 1000 + at.length * 10 + (type === 'file' ? 1 : 2);
        state.set(`/${at}`, {
          type,
          mode: 0o755,
          uid: 2000,
          gid: 2000,
          size: 0,
          mtime: String(token),
          token,
        });
      };
      for (const leaf of Object.keys(leaves).sort()) {
        for (const parent of parents(leaf).reverse()) if (!state.has(`/${parent}`)) add(parent, 'directory');
        add(leaf, 'file');
      }
      return state;
    }),
  );

  test('makes one state of any other', () => {
    fc.assert(
      fc.property(tree, tree, (live, goal) => {
        const { remove, restore } = planRewind(live, goal);
        const after = new Map(live);
        for (const gone of remove)
          for (const at of after.keys()) if (at === gone || at.startsWith(`${gone}/`)) after.delete(at);
        for (const at of restore) {
          const parent = at.slice(0, at.lastIndexOf('/'));
          if (parent !== '') expect(after.get(parent)?.type).toBe('directory');
          // An archive replaces what is there, but for the content of a directory.
          const node = goal.get(at);
          if (node !== undefined) after.set(at, node);
        }
        expect(after).toEqual(goal);
      }),
    );
  });

  test('touches nothing that is the same', () => {
    fc.assert(
      fc.property(tree, (state) => {
        expect(planRewind(state, new Map(state))).toEqual({ remove: [], restore: [] });
      }),
    );
  });

  test('gives a directory its time again in which something came and went', () => {
    const directory = {
      type: 'directory',
      mode: 0o755,
      uid: 0,
      gid: 0,
      size: 0,
      mtime: '1',
      token: 1,
    } as const;
    const file = { ...directory, type: 'file', token: 2 } as const;
    const live = new Map<string, StateNode>([
      ['/tmp', directory],
      ['/tmp/new', file],
    ]);
    expect(planRewind(live, new Map([['/tmp', directory]]))).toEqual({
      remove: ['/tmp/new'],
      restore: ['/tmp'],
    });
  });
});

describe('sending what changed', () => {
  test('gives the tree that is wanted, and no directory that nothing is left in', () => {
    fc.assert(
      fc.property(files, files, (sent, wanted) => {
        const there = new Map(Object.entries(sent));
        const implied = (tree: Iterable<string>) => new Set([...tree].flatMap(parents));
        const directories = implied(there.keys());
        const { remove, send } = inputChanges(there, new Map(Object.entries(wanted)));
        for (const gone of remove) {
          const isGone = (at: string) => at === gone || at.startsWith(`${gone}/`);
          for (const at of there.keys()) if (isGone(at)) there.delete(at);
          for (const at of directories) if (isGone(at)) directories.delete(at);
        }
        for (const at of send) {
          for (const parent of parents(at)) {
            expect(there.has(parent)).toBe(false);
            directories.add(parent);
          }
          expect(directories.has(at)).toBe(false);
          there.set(at, wanted[at] ?? 'f 644 1');
        }
        expect(Object.fromEntries(there)).toEqual(wanted);
        expect(directories).toEqual(implied(Object.keys(wanted)));
      }),
    );
  });

  test('sends the directories of what it sends, where they have a mode of their own', () => {
    const sent = new Map([
      ['lib', 'd 700'],
      ['lib/a', 'f 644 1'],
    ]);
    const { remove, send } = inputChanges(
      sent,
      new Map([
        ['lib', 'd 700'],
        ['lib/a', 'f 644 2'],
      ]),
    );
    expect([remove, [...send].sort()]).toEqual([[], ['lib', 'lib/a']]);
  });
});

describe('a listing', () => {
  const record = 'l 12 100.5 99.5 7 777 2000 2000 a target\nwith  spaces ';

  test('is read with whatever names and links hold', () => {
    const nodes = parseNodes([record, '/tmp/a b', 's 1 1.0 1.0 0 755 2000 2000 ', '/tmp/socket']);
    expect([...nodes]).toEqual([
      [
        '/tmp/a b',
        {
          type: 'symlink',
          mode: 0o777,
          uid: 2000,
          gid: 2000,
          size: 0,
          mtime: '99.5',
          target: 'a target\nwith  spaces ',
          identity: record,
        },
      ],
    ]);
  });

  const file = (ctime: string, size = 3) => `f 12 ${ctime} 99.5 ${size} 644 2000 2000 `;
  const directory = (ctime: string, mode: number) => `d 9 ${ctime} 99.5 4096 ${mode} 2000 2000 `;
  let tokens = 0;
  const look = (before: typeof NOTHING, ...records: string[]) =>
    advance(before, parseNodes(records), () => ++tokens);

  test('gives another token to what has another time of change, and only to that', () => {
    const first = look(NOTHING, file('1.0'), '/a', file('1.0'), '/b', directory('1.0', 755), '/d');
    const second = look(first, file('1.0'), '/a', file('2.0'), '/b', directory('2.0', 755), '/d');
    const tokensOf = ({ nodes }: typeof first) => [...nodes.values()].map(({ token }) => token);
    const [a, b, d] = tokensOf(first);
    expect(tokensOf(second)).toEqual([a, expect.not.toSatisfy((token) => token === b), d]);
    expect(treeChanges(first.nodes, second.nodes, '/tmp/contents1')).toMatchObject([
      { tree: 'elsewhere', path: '/b', change: 'changed' },
    ]);
  });

  test('tells the trees apart', () => {
    const places = [
      '/tmp/app/x',
      '/tmp/contents1/deps/0/x',
      '/tmp/contents1/profile.d/x',
      '/tmp/cache/final/x',
      '/tmp/x',
    ];
    const after = look(NOTHING, ...places.flatMap((place) => [file('1.0'), place]));
    expect(
      treeChanges(new Map(), after.nodes, '/tmp/contents1').map(({ tree, path: at }) => [tree, at]),
    ).toEqual([
      ['app', 'x'],
      ['cache', 'final/x'],
      ['deps', '0/x'],
      ['elsewhere', '/tmp/x'],
      ['profile.d', 'x'],
    ]);
  });
});
