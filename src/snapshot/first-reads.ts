import type { ListedNode, RawPath } from './listing.ts';
import { asText } from './tree-changes.ts';

/** As `touch -d @1` leaves it; the first reader of a file moves it. */
const UNREAD = /^1(?:\.0*)?$/;

/**
 * Paths of a buildpack's files that somebody has read since they were marked as unread. Of directories and links nothing
 * can be told: listing them reads them.
 */
export function readFiles(listing: ReadonlyMap<RawPath, ListedNode>, root: string): string[] {
  const below = `${root}/`;
  const read: string[] = [];
  for (const [path, { type, atime }] of listing) {
    if (type === 'file' && path.startsWith(below) && !UNREAD.test(atime))
      read.push(asText(path.slice(below.length)));
  }
  return read;
}
