import { once } from 'node:events';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';

const CHUNK_BYTES = 256 * 1024;

/** The bytes of `source` compressed by gzip. Each of the two streams ends or fails with the other. */
export function gzip(source: Readable, level = 6): Readable {
  return chain(source, createGzip({ level, chunkSize: CHUNK_BYTES }));
}

/** The bytes of `source`, unpacked when its first two bytes are gzip's magic, untouched otherwise. */
export async function gunzipIfGzipped(source: Readable): Promise<Readable> {
  const head = await peek(source, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return source;
  return chain(source, createGunzip({ chunkSize: CHUNK_BYTES }));
}

/** The first bytes of a stream (fewer when it is shorter), which stay to be read. Rejects with the stream's error. */
async function peek(source: Readable, length: number): Promise<Buffer> {
  if (source.errored !== null) throw source.errored;
  for (;;) {
    const chunk = (source.read(length) ?? (source.readableEnded ? Buffer.alloc(0) : null)) as Buffer | null;
    if (chunk !== null) {
      if (chunk.length > 0) source.unshift(chunk);
      return chunk;
    }
    await nextReadable(source);
  }
}

async function nextReadable(source: Readable): Promise<void> {
  if (source.destroyed) throw source.errored ?? new Error('The stream was closed');
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([
      once(source, 'readable', { signal }),
      once(source, 'end', { signal }),
      once(source, 'close', { signal }),
    ]);
  } finally {
    settled.abort();
  }
}

function chain<T extends Readable & NodeJS.WritableStream>(source: Readable, transform: T): T {
  // An error reaches whoever reads `transform`, which pipeline destroys with it.
  pipeline(source, transform, () => undefined);
  return transform;
}
