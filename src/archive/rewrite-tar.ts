import type { Readable } from 'node:stream';
import type { Owner } from './entry.ts';
import { packTar } from './pack-tar.ts';
import { readTar } from './read-tar.ts';
import type { TarMember } from './tar-member.ts';
import { CfstageError } from '../errors.ts';

/** What {@link rewriteTar} changes on the way. */
export interface TarRewrite {
  /** The new path of a member (`./app/x` is written as it is); undefined drops the member. */
  readonly rename: (path: string) => string | undefined;
  /** Owner of every member; by default each keeps its own. */
  readonly owner?: Owner;
  /** Members put before the others, as they are. */
  readonly first?: Iterable<TarMember>;
  /** Members put after the others, as they are. */
  readonly last?: Iterable<TarMember>;
}

/**
 * A tar stream (gzipped or not) passed through with other names, as a plain tar. Members of any size flow through a
 * bounded buffer. Raises what {@link readTar} raises, and ARCHIVE_INVALID for a hard link whose file was dropped.
 */
export function rewriteTar(source: Readable, rewrite: TarRewrite, signal?: AbortSignal): Readable {
  return packTar((closed) => rewritten(source, rewrite, closed), signal);
}

async function* rewritten(
  source: Readable,
  { rename, owner, first = [], last = [] }: TarRewrite,
  closed: AbortSignal,
): AsyncGenerator<TarMember, void, undefined> {
  yield* first;
  for await (const member of readTar(source, closed)) {
    const path = rename(member.path);
    if (path === undefined) continue;
    if (member.type !== 'hardlink') yield { ...member, ...owner, path };
    else yield { ...member, ...owner, path, target: renamedTarget(path, member.target, rename) };
  }
  yield* last;
}

function renamedTarget(link: string, target: string, rename: TarRewrite['rename']): string {
  const renamed = rename(target);
  if (renamed !== undefined) return renamed;
  throw new CfstageError('ARCHIVE_INVALID', `The hard link '${link}' has lost its file '${target}'`, {
    hint: 'Both names of the file have to be inside the same directory.',
  });
}
