import { PassThrough, type Readable } from 'node:stream';

/** So that a reader that pauses for a moment does not stop the other one. */
const BUFFER_BYTES = 1024 * 1024;

/** A stream read by two at the pace of the slower one. A failure of any of the three ends the others with it. */
export function tee(source: Readable): {
  readonly first: Readable;
  readonly second: Readable;
  readonly bytes: () => number;
} {
  const first = new PassThrough({ highWaterMark: BUFFER_BYTES });
  const second = new PassThrough({ highWaterMark: BUFFER_BYTES });
  let bytes = 0;
  const all = [source, first, second];
  for (const stream of all) {
    stream.once('error', (error) => {
      for (const other of all) if (other !== stream) other.destroy(error);
    });
    stream.once('close', () => {
      if (stream === source ? stream.readableEnded : stream.readableEnded || stream.errored !== null) return;
      for (const other of all) if (other !== stream) other.destroy(new Error('The other reader went away'));
    });
  }
  source.on('data', (chunk: Buffer) => (bytes += chunk.length));
  source.pipe(first);
  source.pipe(second);
  return { first, second, bytes: () => bytes };
}
