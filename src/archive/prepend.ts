import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { packTar } from './pack-tar.ts';
import type { TarMember } from './tar-member.ts';

/** A tar archive ends with two blocks of zeros. */
const TRAILER_BYTES = 1024;

/** A tar stream with some small members put before its own, without looking into it. */
export async function prependMembers(members: Iterable<TarMember>, tar: Readable): Promise<Readable> {
  const archive = await buffer(packTar(() => each(members)));
  const first = archive.subarray(0, archive.length - TRAILER_BYTES);
  const joined = Readable.from(chunks(first, tar), { objectMode: false });
  // An error before the first read would otherwise leave the engine's connection open.
  joined.once('close', () => tar.destroy());
  return joined;
}

async function* each(members: Iterable<TarMember>): AsyncGenerator<TarMember, void, undefined> {
  for (const member of members) yield await Promise.resolve(member);
}

async function* chunks(first: Buffer, tar: Readable): AsyncGenerator<Buffer, void, undefined> {
  yield first;
  yield* tar as AsyncIterable<Buffer>;
}
