import { Readable } from 'node:stream';
import { getFileNameLowLevel, openPromise, type Entry as ZipMember, type ZipFile } from 'yauzl';
import { zipKind, zipMode } from './zip-mode.ts';
import { TreeGuard } from '../archive/safe-path.ts';
import type { Entry } from '../archive/entry.ts';
import { archiveInvalid, throwIfAborted } from '../archive/archive-error.ts';
import { CfstageError } from '../errors.ts';

/** A member of up to this size is unpacked before it is handed on, which spares a stream each. */
const SMALL_MEMBER_BYTES = 64 * 1024;
/** Longest symlink target that Linux takes. */
const TARGET_BYTES = 4096;

/**
 * The members of a zip archive in its own order, with the modes it holds (0666 and 0777 where it holds none, as Go
 * reads them). The content of a file has to be read before the iteration goes on; the archive is closed when it ends.
 * Raises ARCHIVE_UNSAFE and ARCHIVE_INVALID.
 */
export async function* readZip(path: string, signal?: AbortSignal): AsyncGenerator<Entry, void, undefined> {
  for await (const entry of listZip(path, signal)) {
    if (entry.type !== 'file' || entry.size > SMALL_MEMBER_BYTES) yield entry;
    else {
      const content = await readContent(entry);
      yield { ...entry, open: () => content };
    }
  }
}

/** The same without unpacking anything that is not asked for. */
export async function* listZip(path: string, signal?: AbortSignal): AsyncGenerator<Entry, void, undefined> {
  throwIfAborted(signal);
  const zip = await openZip(path);
  const guard = new TreeGuard();
  try {
    for await (const member of zip.eachEntry()) {
      throwIfAborted(signal);
      const entry = await toEntry(zip, member, guard);
      if (entry.path !== '') yield entry;
    }
  } catch (error) {
    throw archiveInvalid(error, signal);
  } finally {
    if (zip.isOpen) zip.close();
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    // Names are decoded below, so that an unsafe one is told from a broken archive without reading messages.
    return await openPromise(path, { autoClose: false, decodeStrings: false });
  } catch (error) {
    throw new CfstageError('ARCHIVE_INVALID', `The app upload is invalid: Invalid zip archive. ('${path}')`, {
      hint: 'Give a zip, jar or war file, or a directory.',
      cause: error,
    });
  }
}

async function toEntry(zip: ZipFile, member: ZipMember, guard: TreeGuard): Promise<Entry> {
  const name = getFileNameLowLevel(
    member.generalPurposeBitFlag,
    member.fileNameRaw,
    member.extraFields,
    false,
  );
  const type = zipKind(member, name);
  const { path } = guard.admit(type, name);
  const base = { path, mode: zipMode(member, type), mtime: member.getLastModDate().getTime() };
  if (type === 'directory') return { ...base, type };
  const size = member.uncompressedSize;
  if (!member.canDecodeFileData()) throw new Error(`'${name}' is encrypted or compressed in an unknown way`);
  if (type === 'symlink') {
    if (size > TARGET_BYTES) throw new Error(`the target of the symlink '${name}' has ${size} bytes`);
    const target = await readAll(chunksOf(zip, member));
    return { ...base, type, target: target.toString('utf8') };
  }
  const version = String(member.crc32);
  return {
    ...base,
    type,
    size,
    version,
    open: () => Readable.from(chunksOf(zip, member), { objectMode: false }),
  };
}

/** The whole content of a file of an archive. */
export async function readContent(entry: Extract<Entry, { type: 'file' }>): Promise<Buffer> {
  const content = entry.open();
  return Buffer.isBuffer(content) ? content : await readAll(content as AsyncIterable<Buffer>);
}

async function readAll(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* chunksOf(zip: ZipFile, member: ZipMember): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* (await zip.openReadStreamPromise(member)) as AsyncIterable<Buffer>;
  } catch (error) {
    throw archiveInvalid(error);
  }
}
