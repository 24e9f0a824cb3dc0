import { PassThrough, type Readable, type Writable } from 'node:stream';

const HEADER = 8;
/** Two of the largest frames that engines send. */
const BUFFER_BYTES = 64 * 1024;

/**
 * Splits the engine's multiplexed stream into stdout and stderr, with back-pressure: the raw stream is not read
 * further while a consumer is behind. Both outputs end (or fail) with the raw stream.
 *
 * Frame: byte 0 is the stream (1 stdout, 2 stderr), bytes 4–7 the payload size, big endian.
 * Source: Docker Engine API, "Attach to a container", stream format.
 */
export function splitFrames(raw: Readable): { stdout: Readable; stderr: Readable; done: Promise<void> } {
  const stdout = new PassThrough({ highWaterMark: BUFFER_BYTES });
  const stderr = new PassThrough({ highWaterMark: BUFFER_BYTES });
  const done = pump(raw, stdout, stderr).then(
    () => {
      stdout.end();
      stderr.end();
    },
    (error: unknown) => {
      const fault = error instanceof Error ? error : new Error(String(error));
      stdout.destroy(fault);
      stderr.destroy(fault);
      throw fault;
    },
  );
  return { stdout, stderr, done };
}

async function pump(raw: Readable, stdout: Writable, stderr: Writable): Promise<void> {
  let header = Buffer.alloc(0);
  let remaining = 0;
  let target: Writable = stdout;
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    let rest = chunk;
    while (rest.length > 0) {
      if (remaining === 0) {
        const needed = HEADER - header.length;
        header = Buffer.concat([header, rest.subarray(0, needed)]);
        rest = rest.subarray(needed);
        if (header.length < HEADER) break;
        target = header[0] === 2 ? stderr : stdout;
        remaining = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const payload = rest.subarray(0, remaining);
      rest = rest.subarray(payload.length);
      remaining -= payload.length;
      if (!target.write(payload)) await drained(target);
    }
  }
}

function drained(target: Writable): Promise<void> {
  if (target.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      target.off('drain', done);
      target.off('close', done);
      resolve();
    };
    target.once('drain', done);
    target.once('close', done);
  });
}
