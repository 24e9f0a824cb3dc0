import { above, topmost } from './input-changes.ts';
import type { RawPath } from './listing.ts';
import type { StateNode, TreeState } from './tree-state.ts';

/** How one state is made of another. */
export interface Rewind {
  /** Trees to remove first; none is inside another. */
  readonly remove: readonly RawPath[];
  /** What is then to be brought back, parents before children. */
  readonly restore: readonly RawPath[];
}

/** Nodes that are the same in both stay as they are, so that it costs what has changed and not what there is. */
export function planRewind(live: TreeState, goal: TreeState): Rewind {
  const gone: RawPath[] = [];
  const restored = new Set<RawPath>();
  // Whatever happens in a directory changes its time.
  const touch = (path: RawPath): void => {
    const parent = above(path);
    if (goal.get(parent)?.type === 'directory') restored.add(parent);
  };
  for (const [path, node] of live) {
    const wanted = goal.get(path);
    if (wanted?.token === node.token || (wanted !== undefined && bothDirectories(wanted, node))) continue;
    gone.push(path);
    touch(path);
  }
  for (const [path, node] of goal) {
    if (live.get(path)?.token === node.token) continue;
    restored.add(path);
    touch(path);
  }
  return { remove: topmost(gone), restore: [...restored].sort() };
}

function bothDirectories(a: StateNode, b: StateNode): boolean {
  return a.type === 'directory' && b.type === 'directory';
}
