import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitFrames } from '../../../src/engine/frames.ts';

function frame(stream: 'stdout' | 'stderr', payload: string | Buffer): Buffer {
  const header = Buffer.alloc(8);
  const body = Buffer.from(payload);
  header[0] = stream === 'stdout' ? 1 : 2;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

describe('splitFrames', () => {
  it('takes frames apart however they are chunked', async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.string()));
    await fc.assert(
      fc.asyncProperty(frames, fc.integer({ min: 1, max: 32 }), async (all, chunkSize) => {
        const bytes = Buffer.concat(all.map(([stream, payload]) => frame(stream, payload)));
        const raw = new PassThrough();
        const { stdout, stderr, done } = splitFrames(raw);
        for (let at = 0; at < bytes.length; at += chunkSize) raw.write(bytes.subarray(at, at + chunkSize));
        raw.end();
        const [out, err] = await Promise.all([text(stdout), text(stderr), done]);
        const payloads = (wanted: string) =>
          Buffer.concat(
            all.filter(([stream]) => stream === wanted).map(([, payload]) => Buffer.from(payload)),
          );
        expect({ out, err }).toEqual({
          out: payloads('stdout').toString(),
          err: payloads('stderr').toString(),
        });
      }),
      { numRuns: 500 },
    );
  });

  it('does not read on while a consumer is behind, and loses nothing', async () => {
    const raw = new PassThrough();
    const { stdout, stderr, done } = splitFrames(raw);
    const payload = Buffer.alloc(64 * 1024, 'x');
    for (let i = 0; i < 64; i += 1) raw.write(frame('stdout', payload));
    for (let turn = 0; turn < 100; turn += 1) await setImmediate();
    const held = stdout.readableLength;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(4 * payload.length);
    const read = text(stdout);
    stderr.resume();
    raw.end(frame('stdout', 'end'));
    expect(await read).toBe(`${'x'.repeat(64 * payload.length)}end`);
    await done;
  });

  it('fails both outputs with the raw stream', async () => {
    const raw = new PassThrough();
    const { stdout, stderr, done } = splitFrames(raw);
    raw.write(frame('stdout', 'begun'));
    const outputs = [text(stdout), text(stderr), done].map((promise) =>
      expect(promise).rejects.toThrow('cut off'),
    );
    raw.destroy(new Error('cut off'));
    await Promise.all(outputs);
  });

  it('goes on when one output is no longer wanted', async () => {
    const raw = new PassThrough();
    const { stdout, stderr, done } = splitFrames(raw);
    stdout.destroy();
    stdout.on('error', () => undefined);
    raw.end(Buffer.concat([frame('stdout', 'x'.repeat(100_000)), frame('stderr', 'still here')]));
    expect(await text(stderr)).toBe('still here');
    await done;
  });
});
