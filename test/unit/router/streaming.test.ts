import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { endpointAt, httpBackend, routerFor } from './support/servers.ts';

const MEGABYTE = 1024 * 1024;
const SIZE = 100 * MEGABYTE;

/** 100 MB, counting what was asked of it. */
function source(): { stream: Readable; read: () => number } {
  let left = SIZE;
  const chunk = Buffer.alloc(MEGABYTE / 4, 'x');
  const stream = new Readable({
    read() {
      this.push(left > 0 ? chunk : null);
      left -= chunk.length;
    },
  });
  return { stream, read: () => SIZE - left };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are held, without those that only wait to be collected. */
async function heldBytes(): Promise<number> {
  // The memory behind buffers is given back only after their collection.
  for (let i = 0; i < 2; i++) {
    collectGarbage();
    await setImmediate();
  }
  const { external, arrayBuffers, heapUsed } = process.memoryUsage();
  return external + arrayBuffers + heapUsed;
}

async function sizeOf(stream: AsyncIterable<Buffer>, peak: { bytes: number }): Promise<number> {
  let size = 0;
  let measured = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size - measured < 10 * MEGABYTE) continue;
    measured = size;
    peak.bytes = Math.max(peak.bytes, await heldBytes());
  }
  return size;
}

test('100 MB go up and 100 MB come down in bounded memory', async () => {
  const peak = { bytes: 0 };
  const port = await httpBackend((incoming, response) => {
    void sizeOf(incoming, peak).then(async (size) => {
      response.setHeader('x-size', size);
      await pipeline(source().stream, response);
    });
  });
  const { router, lines, logged } = await routerFor([endpointAt(port)]);
  const before = await heldBytes();
  const outgoing = request({
    port: router.port,
    method: 'POST',
    agent: false,
    headers: { host: 'web.localhost' },
  });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  await pipeline(source().stream, outgoing);
  const [incoming] = await answered;
  expect(incoming.headers['x-size']).toBe(String(SIZE));
  expect(await sizeOf(incoming, peak)).toBe(SIZE);
  await logged(1);
  expect(lines[0]?.line).toContain(`" 200 ${SIZE} ${SIZE} `);
  expect(peak.bytes - before).toBeLessThan(40 * MEGABYTE);
}, 60_000);

/** Resolves when a count has stood still for a while. */
async function standstill(count: () => number): Promise<number> {
  for (let last = -1; ; last = count()) {
    if (last === count()) return last;
    await delay(200);
  }
}

test('an instance that does not read holds the client back, and the other way round', async () => {
  const down = source();
  const port = await httpBackend((incoming, response) => {
    if (incoming.method === 'GET') void pipeline(down.stream, response).catch(() => undefined);
  });
  const { router } = await routerFor([endpointAt(port)]);
  const up = source();
  const headers = { host: 'web.localhost' };
  const uploading = request({ port: router.port, method: 'POST', agent: false, headers });
  uploading.on('error', () => undefined);
  const upload = pipeline(up.stream, uploading).catch(() => undefined);
  const downloading = request({ port: router.port, agent: false, headers }).end();
  const [incoming] = (await once(downloading, 'response')) as [IncomingMessage];
  incoming.on('error', () => undefined);
  for (const { read } of [up, down]) {
    const read1 = await standstill(read);
    expect(read1).toBeGreaterThan(0);
    expect(read1).toBeLessThan(40 * MEGABYTE);
  }
  uploading.destroy();
  downloading.destroy();
  await upload;
}, 60_000);
