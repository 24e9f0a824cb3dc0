import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { type Deployment } from '../../../src/testing/deployment.ts';
import { fetchApp } from '../../../src/testing/fetch-app.ts';
import { serve } from '../../../src/testing/matchers/serve.ts';

it('leaves no connection without a request: who serves one at a time would wait for it', async () => {
  const connections: { asked: boolean }[] = [];
  const server = createServer((socket) => {
    const connection = { asked: false };
    connections.push(connection);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      connection.asked = true;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const app = {
    name: 'app',
    logs: { lines: [] },
    fetch: (path: string, init: RequestInit) => fetchApp(() => url, path, init),
  } as unknown as Deployment;
  for (let within = 60; within < 100; within += 1) {
    expect(await serve(app, 'goodbye', { within }, false)).toMatchObject({ pass: false });
  }
  expect(connections.filter(({ asked }) => !asked)).toEqual([]);
  server.close();
});
