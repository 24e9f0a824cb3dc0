import { BUILD_DIR, CACHE_DIR } from './container-paths.ts';

/**
 * Bash that lists the files of the restored cache: `yes` or `no`, whether this file system tells when a file was read, then
 * of each file inode, time of access, time of change, size and path, ended by a NUL.
 */
export const LIST_RESTORED = `probe=$(mktemp) && touch -d @1 "$probe" && cat "$probe" &&
[ "$(stat -c %X "$probe")" != 1 ] && echo yes || echo no
rm -f "$probe"
cd ${CACHE_DIR} && find . -type f -printf '%i %A@ %T@ %s %P\\0'`;

/** The same of the cache after the last script, then an empty entry, then inode, time of change and size of what is
 * elsewhere: inodes alone are used again. `$1`: the contents directory. */
export const LIST_USED = `cd ${CACHE_DIR} && find . -type f -printf '%i %A@ %T@ %s %P\\0'
printf '\\0'
find ${BUILD_DIR} "$1" -type f -printf '%i %T@ %s\\0' 2>/dev/null
exit 0`;

/** What the scripts of a staging did with the files of the cache that was restored. Paths are relative to the cache. */
export interface CacheUse {
  /** Whether the engine's file system tells when a file was read. */
  readonly tellsReads: boolean;
  readonly restored: readonly string[];
  /** Read since, by whatever means. */
  readonly read: readonly string[];
  /** Renamed or linked to where the app or the dependencies are. */
  readonly moved: readonly string[];
  readonly overwritten: readonly string[];
  readonly removed: readonly string[];
}

interface ListedFile {
  readonly inode: string;
  readonly accessed: string;
  /** Time of change and size. */
  readonly content: string;
  readonly path: string;
}

/** What LIST_RESTORED and LIST_USED have printed → what was done in between. */
export function cacheUse(restored: string, used: string): CacheUse {
  const [tellsReads = '', list = ''] = splitAt(restored, '\n');
  const before = list.split('\0').flatMap(listedFile);
  const [inCache = '', elsewhere = ''] = splitAt(used, '\0\0');
  const after = new Map(
    inCache
      .split('\0')
      .flatMap(listedFile)
      .map((file) => [file.path, file]),
  );
  const others = new Set(elsewhere.split('\0'));
  const isElsewhere = ({ inode, content }: ListedFile) => others.has(`${inode} ${content}`);
  const paths = (test: (file: ListedFile, now: ListedFile | undefined) => boolean) =>
    before.filter((file) => test(file, after.get(file.path))).map(({ path }) => path);
  return {
    tellsReads: tellsReads === 'yes',
    restored: before.map(({ path }) => path),
    read: paths((file, now) => isSame(file, now) && now?.accessed !== file.accessed),
    moved: paths(isElsewhere),
    overwritten: paths((file, now) => now !== undefined && !isSame(file, now)),
    removed: paths((file, now) => now === undefined && !isElsewhere(file)),
  };
}

function isSame(file: ListedFile, now: ListedFile | undefined): boolean {
  return now?.inode === file.inode && now.content === file.content;
}

function listedFile(line: string): readonly ListedFile[] {
  const [, inode, accessed = '', content = '', path = ''] = /^(\d+) (\S+) (\S+ \d+) (.*)$/s.exec(line) ?? [];
  return inode === undefined ? [] : [{ inode, accessed, content, path }];
}

function splitAt(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}
