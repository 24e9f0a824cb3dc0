import { BUILD_DIR, CACHE_DIR, contentsLayout } from '../lifecycle/container-paths.ts';
import type { TreeChange, TreeName, TreeNode } from '../lifecycle/tree-change.ts';
import type { RawPath } from './listing.ts';
import type { StateNode, TreeState } from './tree-state.ts';

/** What happened between two states, in the order of paths. A directory has not changed if only what it holds has. */
export function treeChanges(before: TreeState, after: TreeState, contentsDir: string): TreeChange[] {
  const places = treePlaces(contentsDir);
  const changes: TreeChange[] = [];
  for (const [path, node] of after) {
    const old = before.get(path);
    if (old === undefined) changes.push({ ...place(path, places), change: 'added', after: shown(node) });
    else if (old.token !== node.token && differs(old, node))
      changes.push({ ...place(path, places), change: 'changed', before: shown(old), after: shown(node) });
  }
  for (const [path, old] of before)
    if (!after.has(path)) changes.push({ ...place(path, places), change: 'removed', before: shown(old) });
  return changes.sort(byPlace);
}

function differs(before: StateNode, after: StateNode): boolean {
  if (before.type !== 'directory' || after.type !== 'directory') return true;
  return before.mode !== after.mode || before.uid !== after.uid || before.gid !== after.gid;
}

function shown({ type, mode, uid, gid, size, target }: StateNode): TreeNode {
  return { type, mode, uid, gid, size, ...(target === undefined ? {} : { target: asText(target) }) };
}

type Places = readonly (readonly [TreeName, string])[];

function treePlaces(contentsDir: string): Places {
  const { deps, profile } = contentsLayout(contentsDir);
  return [
    ['app', BUILD_DIR],
    ['deps', deps],
    ['profile.d', profile],
    ['cache', CACHE_DIR],
  ];
}

function place(path: RawPath, places: Places): { tree: TreeName; path: string } {
  for (const [tree, root] of places) {
    if (path.startsWith(`${root}/`)) return { tree, path: asText(path.slice(root.length + 1)) };
    if (path === root) return { tree, path: '.' };
  }
  return { tree: 'elsewhere', path: asText(path) };
}

/** Where a changed node is, or was. */
export function rawPlace({ tree, path }: Pick<TreeChange, 'tree' | 'path'>, contentsDir: string): RawPath {
  const raw = Buffer.from(path, 'utf8').toString('latin1');
  const root = treePlaces(contentsDir).find(([name]) => name === tree)?.[1];
  if (root === undefined) return raw;
  return path === '.' ? root : `${root}/${raw}`;
}

/** A name as people read it. */
export function asText(raw: RawPath): string {
  return Buffer.from(raw, 'latin1').toString('utf8');
}

function byPlace(a: TreeChange, b: TreeChange): number {
  if (a.tree !== b.tree) return a.tree < b.tree ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}
