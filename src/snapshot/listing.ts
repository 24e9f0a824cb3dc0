import type { NodeType, TreeNode } from '../lifecycle/tree-change.ts';

/**
 * A path or name as the container has it, byte by byte: one character each (latin1), since names need not be UTF-8.
 */
export type RawPath = string;

/** A node of a listing. */
export interface ListedNode extends TreeNode {
  /** Seconds since the epoch, as decimal text. */
  readonly mtime: string;
  /** Changes whenever content or metadata may have changed. */
  readonly identity: string;
}

const TYPES: Readonly<Record<string, NodeType>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  p: 'fifo',
};

/** Attributes (`find -printf '%y %i %C@ %T@ %s %m %U %G %l'`) and path, alternating. Sockets are left out. */
export function parseNodes(records: readonly string[]): Map<RawPath, ListedNode> {
  const nodes = new Map<RawPath, ListedNode>();
  for (let i = 0; i + 1 < records.length; i += 2) {
    const attributes = records[i] ?? '';
    // A socket is of no use once its owner is gone, and no archive holds one.
    if (!attributes.startsWith('s')) nodes.set(records[i + 1] ?? '', parseNode(attributes));
  }
  return nodes;
}

const FIELDS = 8;

function parseNode(attributes: string): ListedNode {
  const fields = attributes.split(' ', FIELDS);
  // A link's target may hold spaces.
  const target = attributes.slice(fields.join(' ').length + 1);
  const [letter = '', , , mtime = '', size, mode = '', uid, gid] = fields;
  const type = TYPES[letter] ?? 'other';
  const common = { type, mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid), mtime };
  // What a directory holds is listed by itself; neither its inode nor when that changed matters.
  if (type === 'directory')
    return { ...common, size: 0, identity: [letter, mode, uid, gid, mtime].join(' ') };
  const content = type === 'symlink' ? { size: 0, target } : { size: type === 'file' ? Number(size) : 0 };
  return { ...common, ...content, identity: attributes };
}
