import { PassThrough, type Readable } from 'node:stream';

/** A stream read by two at the pace of the slower one. A failure of any of the three ends the others with it. */
export function tee(source: Readable): {
  readonly first: Readable;
  readonly second: Readable;
  readonly bytes: () => number;
} {
  const first = new PassThrough();
  const second = new PassThrough();
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
