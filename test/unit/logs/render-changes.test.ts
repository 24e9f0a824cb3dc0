import { expect, test } from 'vitest';
import type { ShownChange, TreeNode } from '../../../src/lifecycle/tree-change.ts';
import { renderStagingChanges } from '../../../src/logs/render-staging-changes.ts';

const node = (given: Partial<TreeNode>): TreeNode => ({
  ...{ type: 'file', mode: 0o644, uid: 2000, gid: 2000, size: 0 },
  ...given,
});

const phase = (changes: readonly ShownChange[], exitCode = 0) => ({
  ...{ phase: 'finalize', buildpack: 'ruby_buildpack', durationMs: 314, exitCode },
  changes,
});

test('a phase is shown with each path, sizes, modes, targets, and what is another in a text', () => {
  const changes: ShownChange[] = [
    { tree: 'app', path: 'link', change: 'added', after: node({ type: 'symlink', target: '../x' }) },
    { tree: 'app', path: 'old', change: 'removed', before: node({ size: 2048 }) },
    {
      ...{ tree: 'deps', path: '0/config.yml', change: 'changed' },
      ...{ before: node({ size: 18 }), after: node({ size: 20, mode: 0o755 }) },
      texts: { before: 'a: 1\nb: 2\nc: 3\nd: 4\n', after: 'a: 1\nb: 2\nc: 30\nd: 4\n' },
    },
    {
      ...{ tree: 'profile.d', path: '0_x.sh', change: 'added', after: node({ size: 9 }) },
      texts: { after: 'export A\n' },
    },
  ];
  expect(renderStagingChanges({ phases: [phase(changes)] }))
    .toBe(`bin/finalize of ruby_buildpack (0.31 s): 2 added (9B), 1 changed, 1 removed
  + app        link  -> ../x
  - app        old  2K
  ~ deps       0/config.yml  18B -> 20B, mode 0644 -> 0755
      @@ -1,4 +1,4 @@
       a: 1
       b: 2
      -c: 3
      +c: 30
       d: 4
  + profile.d  0_x.sh  9B
      +export A`);
});

test('long lists and long diffs are cut, and say so', () => {
  const many = Array.from({ length: 250 }, (_, i): ShownChange => {
    return { tree: 'deps', path: `f${i}`, change: 'added', after: node({ size: 1 }) };
  });
  const text = Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join('');
  const long: ShownChange = {
    ...{ tree: 'app', path: 'long', change: 'added', after: node({ size: text.length }) },
    texts: { after: text },
  };
  const shown = renderStagingChanges({ phases: [phase([long, ...many], 3)] });
  expect(shown).toContain('(0.31 s, exit status 3): 251 added');
  expect(shown).toContain('(40 more lines)');
  expect(shown).toMatch(/and 51 more; --json has all$/);
});

test('a droplet that is as before, and one that cannot be compared', () => {
  expect(renderStagingChanges({ phases: [], droplet: [] })).toBe(
    'The droplet, against the one before it: 0 added, 0 changed, 0 removed',
  );
  expect(renderStagingChanges({ phases: [] })).toBe('Nothing has been staged yet.');
});
