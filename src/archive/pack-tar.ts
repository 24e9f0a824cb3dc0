import { once, type EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { pack as newPack, type Header, type Pack } from 'tar-stream';
import { throwIfAborted } from './archive-error.ts';
import type { TarMember } from './tar-member.ts';
import { CfstageError, interruption } from '../errors.ts';

/** Small members wait in memory for the reader up to this many bytes. */
const IN_FLIGHT_BYTES = 1024 * 1024;
/** Headers and small files are put together to chunks of this size, or the socket would see three writes a file. */
const CHUNK_BYTES = 128 * 1024;

type FileMember = Extract<TarMember, { type: 'file' }>;

/**
 * One plain tar stream of the members, in their order. Destroying the stream, a failing member or `signal` ends the
 * iteration of `members`, which is given a signal that fires as soon as nobody reads any more. A file that yields
 * more or fewer bytes than its size is an error (ARCHIVE_INVALID).
 */
export function packTar(
  members: (closed: AbortSignal) => AsyncIterable<TarMember>,
  signal?: AbortSignal,
): Readable {
  const pack = newPack({ highWaterMark: IN_FLIGHT_BYTES });
  const output = inLargeChunks(pack);
  const closed = new AbortController();
  const abort = (): void => void output.destroy(signal === undefined ? undefined : interruption(signal));
  signal?.addEventListener('abort', abort, { once: true });
  output.once('close', () => {
    signal?.removeEventListener('abort', abort);
    closed.abort(output.errored ?? undefined);
  });
  if (signal?.aborted === true) abort();
  fill(pack, members(closed.signal), closed.signal).catch((error: unknown) => {
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return output;
}

async function fill(pack: Pack, members: AsyncIterable<TarMember>, closed: AbortSignal): Promise<void> {
  const room = new Room(pack);
  for await (const member of members) {
    throwIfAborted(closed);
    if (pack.destroyed) return;
    if (member.type !== 'file') pack.entry(headers(member), room.taken(512));
    else {
      const content = member.open();
      if (!Buffer.isBuffer(content)) await pour(pack, member, content, closed);
      else {
        if (content.length !== member.size) throw changed(member.path);
        pack.entry(headers(member), content, room.taken(content.length + 512));
      }
    }
    if (room.full) await room.vacancy();
  }
  pack.finalize();
}

/** Counts the bytes given to the pack that it has not passed on, so that no small member is awaited on its own. */
class Room {
  #used = 0;
  #wake: () => void = () => undefined;

  constructor(pack: Pack) {
    pack.once('close', () => {
      this.#used = 0;
      this.#wake();
    });
  }

  get full(): boolean {
    return this.#used > IN_FLIGHT_BYTES;
  }

  taken(bytes: number): () => void {
    this.#used += bytes;
    return () => {
      this.#used -= bytes;
      if (!this.full) this.#wake();
    };
  }

  async vacancy(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

async function pour(pack: Pack, member: FileMember, content: Readable, closed: AbortSignal): Promise<void> {
  const sink = pack.entry(headers(member));
  sink.on('error', () => undefined);
  const stop = (): void => void content.destroy();
  closed.addEventListener('abort', stop, { once: true });
  let written = 0;
  try {
    throwIfAborted(closed);
    for await (const chunk of content as AsyncIterable<Buffer>) {
      written += chunk.length;
      if (written > member.size) throw changed(member.path);
      if (!sink.write(chunk)) await once(asEmitter(sink), 'drain', { signal: closed });
    }
    if (written !== member.size) throw changed(member.path);
    const finished = once(asEmitter(sink), 'close', { signal: closed });
    sink.end(null);
    await finished;
  } finally {
    closed.removeEventListener('abort', stop);
    content.destroy();
  }
}

function headers(member: TarMember): Partial<Header> & Pick<Header, 'name'> {
  return {
    name: member.type === 'directory' ? `${member.path}/` : member.path,
    type: member.type === 'hardlink' ? 'link' : member.type,
    // tar-stream takes a mode of 0 for a missing one; a bit above the mask keeps it.
    mode: member.mode | 0o100000,
    uid: member.uid,
    gid: member.gid,
    ...(member.mtime === undefined ? {} : { mtime: new Date(member.mtime) }),
    ...(member.type === 'file' ? { size: member.size } : {}),
    ...('target' in member ? { linkname: member.target } : {}),
  };
}

/** tar-stream's streams come from streamx, whose types do not say that they are event emitters of Node's kind. */
function asEmitter(stream: unknown): EventEmitter {
  return stream as EventEmitter;
}

function inLargeChunks(pack: Pack): Readable {
  let gathered: Buffer[] = [];
  let bytes = 0;
  const output = new Readable({
    highWaterMark: 2 * CHUNK_BYTES,
    read: () => void pack.resume(),
    destroy: (error, done) => {
      pack.destroy(error);
      done(error);
    },
  });
  const flush = (): void => {
    if (bytes === 0) return;
    const chunk = gathered.length === 1 ? gathered[0] : Buffer.concat(gathered, bytes);
    gathered = [];
    bytes = 0;
    if (!output.push(chunk)) pack.pause();
  };
  pack.on('data', (data) => {
    const chunk = data as Buffer;
    gathered.push(chunk);
    bytes += chunk.length;
    if (bytes >= CHUNK_BYTES) flush();
  });
  pack.on('end', () => {
    flush();
    output.push(null);
  });
  pack.on('error', (error) => void output.destroy(error));
  pack.pause();
  return output;
}

function changed(path: string): CfstageError {
  return new CfstageError('ARCHIVE_INVALID', `File ${path} has been modified since the start of push`, {
    hint: 'Let whatever writes the file finish, or ignore the file, and try again.',
  });
}
