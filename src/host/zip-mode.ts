import type { Entry as ZipMember } from 'yauzl';

/** "Version made by" hosts whose external attributes hold a Unix mode (APPNOTE 4.4.2): Unix and macOS. */
const UNIX_HOSTS = [3, 19];
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFLNK = 0o120000;
const DOS_READ_ONLY = 0x01;

type Attributes = Pick<ZipMember, 'versionMadeBy' | 'externalFileAttributes'>;

/** What a zip member is; a name that ends with a slash is a directory whatever its mode says. */
export function zipKind(member: Attributes, name: string): 'file' | 'directory' | 'symlink' {
  const format = unixMode(member) & S_IFMT;
  if (name.endsWith('/') || format === S_IFDIR) return 'directory';
  return format === S_IFLNK ? 'symlink' : 'file';
}

/** Its permission bits; an archive made on Windows has none, and Go's reader takes 0666 and 0777 then. */
export function zipMode(member: Attributes, kind: 'file' | 'directory' | 'symlink'): number {
  const mode = unixMode(member);
  if (mode !== 0) return mode & 0o7777;
  const writable = kind === 'directory' ? 0o777 : 0o666;
  return (member.externalFileAttributes & DOS_READ_ONLY) === 0 ? writable : writable & 0o555;
}

function unixMode({ versionMadeBy, externalFileAttributes }: Attributes): number {
  return UNIX_HOSTS.includes(versionMadeBy >>> 8) ? externalFileAttributes >>> 16 : 0;
}
