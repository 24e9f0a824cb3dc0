import type { NodeType, TreeNode } from '../lifecycle/tree-change.ts';

/**
 * A path or name as the container has it, byte by byte: one character each (latin1), since names need not be UTF-8.
 */
export type RawPath = string;

/** A node of a listing. */
export interface ListedNode extends TreeNode {
  /** Seconds since the epoch, as decimal text. */
  readonly mtime: string;
  readonly atime: string;
  /** Changes whenever content or metadata may have changed. */
  readonly identity: string;
}

const TYPES: Readonly<Record<string, NodeType>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  p: 'fifo',
};

/** Attributes (`find -printf '%y %i %C@ %T@ %A@ %s %m %U %G %l'`) and path, alternating. Sockets are left out. */
export function parseNodes(records: readonly string[]): Map<RawPath, ListedNode> {
  const nodes = new Map<RawPath, ListedNode>();
  for (let i = 0; i + 1 < records.length; i += 2) {
    const attributes = records[i] ?? '';
    // A socket is of no use once its owner is gone, and no archive holds one.
    if (!attributes.startsWith('s')) nodes.set(records[i + 1] ?? '', parseNode(attributes));
  }
  return nodes;
}

const FIELDS = 9;

function parseNode(attributes: string): ListedNode {
  const fields: string[] = [];
  let start = 0;
  for (let i = 0; i < FIELDS; i++) {
    const end = attributes.indexOf(' ', start);
    fields.push(attributes.slice(start, end));
    start = end + 1;
  }
  const [letter = '', inode = '', ctime = '', mtime = '', atime = '', size = '', mode = '', uid, gid] = fields;
  const type = TYPES[letter] ?? 'other';
  const target = attributes.slice(start);
  const common = { mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid), mtime, atime };
  if (type === 'directory') {
    // What it holds is listed by itself; neither its inode nor when that changed matters.
    return { ...common, type, size: 0, identity: `d ${mode} ${uid ?? ''} ${gid ?? ''} ${mtime}` };
  }
  const identity = `${letter} ${inode} ${ctime} ${mtime} ${size} ${mode} ${uid ?? ''} ${gid ?? ''} ${target}`;
  return type === 'symlink'
    ? { ...common, type, size: 0, target, identity }
    : { ...common, type, size: type === 'file' ? Number(size) : 0, identity };
}
