import type { Entry, Owner } from './entry.ts';

interface SpecialBase {
  /** Relative POSIX path without leading `./` and without trailing `/`. */
  readonly path: string;
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly mtime?: number;
}

/** What a tar stream can hold beyond an {@link Entry}: other names of an earlier member, and named pipes. */
type Special =
  | (SpecialBase & { readonly type: 'hardlink'; readonly target: string })
  | (SpecialBase & { readonly type: 'fifo' });

/** One member of a tar stream with its owner. The content of a file must be read before the next member is asked for. */
export type TarMember = (Entry | Special) & Owner;
