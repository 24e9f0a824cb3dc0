import { pipeline, Readable } from 'node:stream';
import { extract, type Extract as Extractor, type Header } from 'tar-stream';
import { archiveInvalid, throwIfAborted } from './archive-error.ts';
import { gunzipIfGzipped } from './gzip.ts';
import { safePath, TreeGuard, type GuardedType } from './safe-path.ts';
import type { TarMember } from './tar-member.ts';
import { CfstageError } from '../errors.ts';

/** A streamx stream, which follows the protocol of Node's. */
type RawMember = Extractor extends AsyncIterable<infer Source> ? Source : never;

const MEMBER_TYPES: Readonly<Record<string, GuardedType>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'hardlink',
  fifo: 'fifo',
};

/**
 * The members of a tar stream, gzipped or not, in order; the root itself (`./`) is left out. The source is destroyed
 * when the iteration ends, however it ends. Raises ARCHIVE_UNSAFE and ARCHIVE_INVALID.
 */
export async function* readTar(
  source: Readable,
  signal?: AbortSignal,
): AsyncGenerator<TarMember, void, undefined> {
  const extractor = extract();
  // tar-stream reports a failure on the iterator; without a listener it would be an uncaught one as well.
  extractor.on('error', () => undefined);
  const abort = (): void => {
    extractor.destroy(new Error('Aborted'));
    source.destroy();
  };
  signal?.addEventListener('abort', abort, { once: true });
  const guard = new TreeGuard();
  try {
    throwIfAborted(signal);
    const plain = await gunzipIfGzipped(source);
    pipeline(plain, extractor as unknown as NodeJS.WritableStream, () => undefined);
    for await (const raw of extractor) {
      const member = toMember(raw, guard, signal);
      if (member !== undefined) yield member;
      raw.resume();
    }
    throwIfAborted(signal);
  } catch (error) {
    throw archiveInvalid(error, signal);
  } finally {
    signal?.removeEventListener('abort', abort);
    extractor.destroy();
    source.destroy();
  }
}

function toMember(raw: RawMember, guard: TreeGuard, signal: AbortSignal | undefined): TarMember | undefined {
  const { header } = raw;
  const type = MEMBER_TYPES[header.type];
  if (type === undefined) {
    throw new CfstageError('ARCHIVE_UNSAFE', `The archive member '${header.name}' is a ${header.type}`, {
      hint: 'Devices and other special files cannot be part of an app, a buildpack or a droplet.',
    });
  }
  if (safePath(header.name) === '') return undefined;
  const { path, target } = guard.admit(type, header.name, header.linkname);
  const base = attributes(path, header);
  switch (type) {
    case 'file':
      return {
        ...base,
        type,
        size: header.size,
        open: () => Readable.from(contentOf(raw, signal), { objectMode: false }),
      };
    case 'symlink':
    case 'hardlink':
      return { ...base, type, target };
    default:
      return { ...base, type };
  }
}

async function* contentOf(
  raw: RawMember,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* raw as unknown as AsyncIterable<Buffer>;
  } catch (error) {
    throw archiveInvalid(error, signal);
  }
}

function attributes(
  path: string,
  header: Header,
): { path: string; mode: number; uid: number; gid: number; mtime: number } {
  return {
    path,
    mode: header.mode & 0o7777,
    uid: header.uid,
    gid: header.gid,
    mtime: header.mtime.getTime(),
  };
}
