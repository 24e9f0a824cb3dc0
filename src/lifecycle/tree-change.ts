/** The trees of a staging that phases work on. `elsewhere` is all else that vcap can write, e.g. `/home/vcap`. */
export type TreeName = 'app' | 'deps' | 'cache' | 'profile.d' | 'elsewhere';

export type NodeType = 'file' | 'directory' | 'symlink' | 'fifo' | 'other';

/** A file, directory or link as a listing shows it. */
export interface TreeNode {
  readonly type: NodeType;
  /** Permission bits, setuid, setgid and sticky included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a file; 0 for all else. */
  readonly size: number;
  /** Of a symlink. */
  readonly target?: string;
}

/** What a phase did to one path. */
export interface TreeChange {
  readonly tree: TreeName;
  /** Below the tree, without a leading slash; absolute where the tree is `elsewhere`. */
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Absent when it was added. */
  readonly before?: TreeNode;
  /** Absent when it was removed. */
  readonly after?: TreeNode;
}

/** One script that ran, and what it changed, in the order of paths. */
export interface PhaseRecord {
  readonly phase: string;
  /** Key of the buildpack. */
  readonly buildpack: string;
  readonly exitCode: number;
  /** The script alone. */
  readonly durationMs: number;
  readonly changes: readonly TreeChange[];
}

/** The content of a small text file before and after a change; absent where it was not there. */
export interface FileTexts {
  readonly before?: string;
  readonly after?: string;
}

export interface ShownChange extends TreeChange {
  /** Absent for what is no small text file. */
  readonly texts?: FileTexts;
}

/** A phase with what is in the files that it changed. */
export interface ShownPhase extends PhaseRecord {
  readonly changes: readonly ShownChange[];
}
