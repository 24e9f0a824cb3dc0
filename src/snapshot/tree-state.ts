import type { TreeNode } from '../lifecycle/tree-change.ts';
import type { ListedNode, RawPath } from './listing.ts';

/** Names one version of a node; it stays the same as long as content and metadata do, in a copy as well. */
export type Token = number;

export interface StateNode extends TreeNode {
  readonly token: Token;
  readonly mtime: string;
}

/** All that vcap could change at one moment. */
export type TreeState = ReadonlyMap<RawPath, StateNode>;

/** A state that is in the container now, so that what changes next can be told from it. */
export interface LiveState {
  readonly nodes: TreeState;
  readonly identities: ReadonlyMap<RawPath, string>;
}

export const NOTHING: LiveState = { nodes: new Map(), identities: new Map() };

/** Gives a number that it has never given before. */
export type NextToken = () => Token;

/** The state that a listing shows; what has not changed since `before` keeps its token. */
export function advance(
  before: LiveState,
  listing: ReadonlyMap<RawPath, ListedNode>,
  nextToken: NextToken,
): LiveState {
  const nodes = new Map<RawPath, StateNode>();
  const identities = new Map<RawPath, string>();
  for (const [path, listed] of listing) {
    const { identity } = listed;
    const known = before.identities.get(path) === identity ? before.nodes.get(path) : undefined;
    nodes.set(path, known ?? stateNode(listed, nextToken()));
    identities.set(path, identity);
  }
  return { nodes, identities };
}

function stateNode({ type, mode, uid, gid, size, target, mtime }: ListedNode, token: Token): StateNode {
  return { type, mode, uid, gid, size, ...(target === undefined ? {} : { target }), mtime, token };
}

/** Whether a listing shows what a state says of a node; a copy keeps all of it. */
export function isCopy(node: StateNode, listed: ListedNode): boolean {
  return (
    node.type === listed.type &&
    node.mode === listed.mode &&
    node.uid === listed.uid &&
    node.gid === listed.gid &&
    node.size === listed.size &&
    node.target === listed.target &&
    (node.mtime === listed.mtime || node.type === 'symlink')
  );
}
