import { CfstageError } from '../errors.ts';

/**
 * A member's path without `.` segments, doubled and trailing slashes; empty for the root of the archive itself.
 * Raises ARCHIVE_UNSAFE for an absolute path, a `..` segment or a NUL.
 */
export function safePath(path: string): string {
  if (path.startsWith('/')) throw unsafe(path, 'it is an absolute path');
  if (path.includes('\0')) throw unsafe(path, 'its name holds a NUL byte');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) throw unsafe(path, "it leaves the archive by '..'");
  return segments.join('/');
}

/** The member types that matter to {@link TreeGuard}. */
export type GuardedType = 'directory' | 'file' | 'symlink' | 'hardlink' | 'fifo';

/**
 * Watches the members of one archive in order. No member may be written through a symlink that came before it, and a
 * hard link may only give another name to a file that came before it. Where a symlink points does not matter then.
 */
export class TreeGuard {
  readonly #symlinks = new Set<string>();
  readonly #files = new Set<string>();

  /** The safe path of a member (and of a hard link's target). Raises ARCHIVE_UNSAFE. */
  admit(type: GuardedType, path: string, linkTarget = ''): { path: string; target: string } {
    const safe = safePath(path);
    this.#refuseThroughSymlink(path, safe);
    if (type === 'hardlink') {
      const target = safePath(linkTarget);
      if (!this.#files.has(target))
        throw unsafe(path, `it is a hard link to '${linkTarget}' outside the archive`);
      this.#files.add(safe);
      return { path: safe, target };
    }
    if (type === 'symlink') {
      this.#symlinks.add(safe);
      this.#files.delete(safe);
    }
    if (type === 'file') this.#files.add(safe);
    return { path: safe, target: linkTarget };
  }

  #refuseThroughSymlink(path: string, safe: string): void {
    if (this.#symlinks.size === 0) return;
    for (let end = safe.indexOf('/'); end !== -1; end = safe.indexOf('/', end + 1)) {
      const parent = safe.slice(0, end);
      if (this.#symlinks.has(parent))
        throw unsafe(path, `it would be written through the symlink '${parent}'`);
    }
    if (this.#symlinks.has(safe)) throw unsafe(path, 'a symlink of the same name came before it');
  }
}

function unsafe(path: string, why: string): CfstageError {
  return new CfstageError(
    'ARCHIVE_UNSAFE',
    `The archive member '${path.replaceAll('\0', '\\0')}' is unsafe: ${why}`,
    {
      hint: 'Make the archive again from the inside of its directory, without links that point out of it.',
    },
  );
}
