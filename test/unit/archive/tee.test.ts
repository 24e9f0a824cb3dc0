import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { tee } from '../../../src/archive/tee.ts';

describe('tee', () => {
  it('gives both readers everything and counts it once', async () => {
    const chunks = Array.from({ length: 50 }, (_, i) => Buffer.alloc(10_000, i));
    const { first, second, bytes } = tee(Readable.from(chunks, { objectMode: false }));
    const [one, two] = await Promise.all([buffer(first), buffer(second)]);
    expect(one.equals(Buffer.concat(chunks))).toBe(true);
    expect(two.equals(one)).toBe(true);
    expect(bytes()).toBe(500_000);
  });

  it('goes at the pace of the slower reader', async () => {
    const source = new PassThrough();
    const { first, second, bytes } = tee(source);
    const fast = buffer(first);
    const chunk = Buffer.alloc(1024 * 1024);
    // The slower reader buffers a little; a source of 64 MB must stop long before its end.
    for (let written = 0; written < 64; written += 1) {
      source.write(chunk);
      await setImmediate();
    }
    expect(source.writableNeedDrain).toBe(true);
    expect(bytes()).toBeLessThan(8 * chunk.length);
    source.end('end');
    const [one, two] = await Promise.all([fast, buffer(second)]);
    expect(one.length).toBe(two.length);
    expect(one.subarray(-3).toString()).toBe('end');
  });

  it.each(['source', 'first', 'second'] as const)('ends all when %s fails, with its error', async (which) => {
    const source = new PassThrough();
    const streams = { source, ...tee(source) };
    const reads = [buffer(streams.first), buffer(streams.second)].map((read) =>
      expect(read).rejects.toThrow('broken'),
    );
    source.write('begun');
    streams[which].destroy(new Error('broken'));
    await Promise.all(reads);
    expect(source.destroyed).toBe(true);
  });

  it('ends the source and the other reader when one goes away', async () => {
    const source = new PassThrough();
    const { first, second } = tee(source);
    const other = expect(buffer(second)).rejects.toThrow('went away');
    first.destroy();
    await other;
    expect(source.destroyed).toBe(true);
  });
});
