import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { homeAt } from '../../../src/host/home.ts';
import { RouteDirectory } from '../../../src/host/route-directory.ts';
import type { Endpoint } from '../../../src/router/endpoint.ts';
import { RouterSeat, type SeatOptions } from '../../../src/router/router-seat.ts';
import { tempDir } from '../host/host-fixtures.ts';
import { ask, endpointAt, httpBackend, tcpBackend } from './support/servers.ts';

const support = (name: string) => fileURLToPath(new URL(`support/${name}`, import.meta.url));

async function seatOn(root: string, options: Partial<SeatOptions> = {}): Promise<RouterSeat> {
  const routes = new RouteDirectory(homeAt(root));
  const seat = await RouterSeat.start({ routes, onAccess: () => undefined, ...options });
  onTestFinished(() => seat[Symbol.asyncDispose]());
  return seat;
}

interface SeatProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly serving: boolean;
}

/** A session of its own process. */
async function seatProcess(
  root: string,
  session: string,
  endpoints: readonly Endpoint[],
): Promise<SeatProcess> {
  const loader = new URL('support/ts-loader.js', import.meta.url).href;
  const child = spawn(
    process.execPath,
    ['--import', loader, support('seat-process.js'), root, session, JSON.stringify(endpoints)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { port: number; serving: boolean }) };
}

/** Asks until there is a router again; milliseconds that took. */
async function untilAnswered(port: number, host: string): Promise<{ body: string; after: number }> {
  const began = performance.now();
  for (;;) {
    const answer = await ask(port, { headers: { host } }).catch(() => undefined);
    if (answer !== undefined) return { body: answer.body, after: performance.now() - began };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('sessions in processes of their own', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'another takes over when the router gets %s, and serves the apps of all that live',
    async (signal) => {
      const root = tempDir();
      const [a, b] = await Promise.all(
        ['a', 'b'].map((name) => httpBackend((_, response) => response.end(name))),
      );
      const first = await seatProcess(root, 'one', [endpointAt(a ?? 0, { uris: ['a.localhost'] })]);
      const second = await seatProcess(root, 'two', [endpointAt(b ?? 0, { uris: ['b.localhost'] })]);
      expect([first.serving, second.serving, second.port]).toEqual([true, false, first.port]);
      expect((await ask(first.port, { headers: { host: 'a.localhost' } })).body).toBe('a');
      expect((await ask(first.port, { headers: { host: 'b.localhost' } })).body).toBe('b');
      first.child.kill(signal);
      await once(first.child, 'exit');
      const { body, after } = await untilAnswered(first.port, 'b.localhost');
      expect(body).toBe('b');
      expect(after).toBeLessThan(1_000);
      expect((await ask(first.port, { headers: { host: 'a.localhost' } })).status).toBe(404);
      expect(readdirSync(join(root, 'routes'))).toEqual(['two.json']);
    },
    30_000,
  );
});

describe('seats', () => {
  test('one serves, the others stand by at its port and follow it one after the other', async () => {
    const root = tempDir();
    const seats = [await seatOn(root), await seatOn(root), await seatOn(root)];
    expect(seats.map(({ serving }) => serving)).toEqual([true, false, false]);
    const [port, ...others] = seats.map((seat) => seat.port);
    expect(others).toEqual([port, port]);
    while (seats.length > 1) {
      const at = seats.findIndex(({ serving }) => serving);
      await seats.splice(at, 1)[0]?.[Symbol.asyncDispose]();
      await untilAnswered(port ?? 0, 'x.localhost');
      await expect.poll(() => seats.filter(({ serving }) => serving).length).toBe(1);
    }
    expect(seats.map((seat) => seat.port)).toEqual([port]);
  });

  test('that start at once agree on one router', async () => {
    const root = tempDir();
    const seats = await Promise.all(Array.from({ length: 6 }, () => seatOn(root)));
    expect(seats.filter(({ serving }) => serving)).toHaveLength(1);
    expect(new Set(seats.map(({ port }) => port)).size).toBe(1);
  });

  test('take the port that was asked for, and the same the next time', async () => {
    const root = tempDir();
    const free = await seatOn(tempDir());
    const { port } = free;
    await free[Symbol.asyncDispose]();
    const asked = await seatOn(root, { port });
    expect([asked.port, asked.serving]).toEqual([port, true]);
    await asked[Symbol.asyncDispose]();
    const again = await seatOn(root);
    expect([again.port, again.serving]).toEqual([port, true]);
  });

  test('go elsewhere when a stranger has the port, unless it was asked for', async () => {
    const root = tempDir();
    const first = await seatOn(root);
    const { port } = first;
    await first[Symbol.asyncDispose]();
    const stranger = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void stranger.close());
    await once(stranger, 'listening');
    await expect(seatOn(root, { port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    const next = await seatOn(root);
    expect(next.serving).toBe(true);
    expect(next.port).not.toBe(port);
  });

  test('standing by costs nothing, also when the connection does not last', async () => {
    const root = tempDir();
    let connections = 0;
    const port = await tcpBackend((socket) => {
      connections += 1;
      socket.destroy();
    });
    const routes = new RouteDirectory(homeAt(root));
    await routes.claimSeat(() => Promise.resolve(port));
    const seat = await seatOn(root);
    expect(seat.serving).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(connections).toBeGreaterThan(1);
    expect(connections).toBeLessThan(8);
  });

  test('serve what is published, changed and withdrawn while they run', async () => {
    const root = tempDir();
    const routes = new RouteDirectory(homeAt(root));
    const seat = await seatOn(root);
    const port = await httpBackend((_, response) => response.end('hello'));
    const status = async () => (await ask(seat.port)).status;
    expect(await status()).toBe(404);
    await routes.publish('x', [endpointAt(port, { ready: false })]);
    expect(await status()).toBe(503);
    await routes.publish('x', [endpointAt(port)]);
    expect(await status()).toBe(200);
    await routes.withdraw('x');
    await expect.poll(status).toBe(404);
  });
});
