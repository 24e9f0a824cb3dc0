import type { TreeChange, TreeName, TreeNode } from '../lifecycle/tree-change.ts';

/** A member of a droplet, told from others of its path by its token. */
type Member = TreeNode & { readonly token: string };

const TREES: ReadonlySet<string> = new Set<TreeName>(['app', 'deps', 'profile.d']);

/** What is another in a droplet than in the one before it, of the same staging container, in the order of paths. */
export function dropletChanges(
  before: ReadonlyMap<string, Member>,
  after: ReadonlyMap<string, Member>,
): readonly TreeChange[] {
  const changes: TreeChange[] = [];
  for (const [path, member] of after) {
    const old = before.get(path);
    if (old === undefined) changes.push({ ...place(path), change: 'added', after: node(member) });
    else if (old.token !== member.token && (member.type !== 'directory' || old.mode !== member.mode)) {
      changes.push({ ...place(path), change: 'changed', before: node(old), after: node(member) });
    }
  }
  for (const [path, old] of before) {
    if (!after.has(path)) changes.push({ ...place(path), change: 'removed', before: node(old) });
  }
  return changes.sort((a, b) => (`${a.tree}/${a.path}` < `${b.tree}/${b.path}` ? -1 : 1));
}

function place(path: string): { tree: TreeName; path: string } {
  const [first = '', ...rest] = path.split('/');
  if (!TREES.has(first)) return { tree: 'elsewhere', path };
  return { tree: first as TreeName, path: rest.length === 0 ? '.' : rest.join('/') };
}

function node({ type, mode, uid, gid, size, target }: Member): TreeNode {
  return { type, mode, uid, gid, size, ...(target === undefined ? {} : { target }) };
}
