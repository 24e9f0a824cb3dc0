import type { Readable } from 'node:stream';
import type { Entry, Owner } from './entry.ts';
import { packTar } from './pack-tar.ts';
import { safePath } from './safe-path.ts';
import type { TarMember } from './tar-member.ts';

/** A tree on its way into a container. */
export interface Tree {
  /** Directory that receives the entries, relative to `/`, e.g. `tmp/app`; `''` is `/` itself. */
  readonly at: string;
  /** Permission bits of `at` itself; 0755 unless said otherwise. */
  readonly mode?: number;
  readonly owner: Owner;
  readonly entries: AsyncIterable<Entry>;
}

const DIRECTORY_MODE = 0o755;

/**
 * One tar stream of several trees, to be unpacked at `/`. Each directory comes before what it holds, `at` included
 * (its parents are not), with the tree's owner; a directory that the entries do not list gets mode 0755. Raises
 * ARCHIVE_UNSAFE for an entry that leaves its tree.
 */
export function packTrees(trees: Iterable<Tree> | AsyncIterable<Tree>, signal?: AbortSignal): Readable {
  return packTar(() => members(trees), signal);
}

async function* members(
  trees: Iterable<Tree> | AsyncIterable<Tree>,
): AsyncGenerator<TarMember, void, undefined> {
  for await (const tree of trees) {
    const at = safePath(tree.at);
    const { uid, gid } = tree.owner;
    const made = new Set<string>(['']);
    if (at !== '') yield { type: 'directory', path: at, mode: tree.mode ?? DIRECTORY_MODE, uid, gid };
    for await (const entry of tree.entries) {
      const path = safePath(entry.path);
      for (const parent of missingParents(path, made)) {
        yield { type: 'directory', path: join(at, parent), mode: DIRECTORY_MODE, uid, gid };
      }
      if (entry.type === 'directory') made.add(path);
      yield { ...entry, path: join(at, path), uid, gid };
    }
  }
}

/** The directories above `path` that are not in `made` yet, outermost first; they are in it afterwards. */
function missingParents(path: string, made: Set<string>): string[] {
  const missing: string[] = [];
  for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1)) {
    const parent = path.slice(0, end);
    if (made.has(parent)) break;
    made.add(parent);
    missing.unshift(parent);
  }
  return missing;
}

function join(at: string, path: string): string {
  return at === '' ? path : `${at}/${path}`;
}
