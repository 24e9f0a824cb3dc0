import type { Readable } from 'node:stream';

interface EntryBase {
  /** Relative POSIX path without leading `./` and without trailing `/`. */
  readonly path: string;
  /** Permission bits only, e.g. 0o755. */
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly mtime?: number;
}

/** One member of an archive or of a tree on its way into a container. `size` is in bytes. */
export type Entry =
  | (EntryBase & { readonly type: 'directory' })
  | (EntryBase & { readonly type: 'symlink'; readonly target: string })
  | (EntryBase & {
      readonly type: 'file';
      readonly size: number;
      /** Differs whenever the content may, where mode, size and mtime alone do not tell. */
      readonly version?: string;
      readonly open: () => Readable | Buffer;
    });

/** Who owns the members of a tree inside a container. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}
