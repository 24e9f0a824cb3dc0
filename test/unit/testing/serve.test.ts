import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { type Deployment } from '../../../src/testing/deployment.ts';
import { fetchApp } from '../../../src/testing/fetch-app.ts';
import { serve } from '../../../src/testing/matchers/serve.ts';

/** For so long a busy machine does nothing for the request that it has begun. */
const BUSY_MS = 3;

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
  const app = appAt(url);
  const ask = app.fetch.bind(app);
  app.fetch = (path, init) => {
    const answer = ask(path, init);
    for (const until = performance.now() + BUSY_MS; performance.now() < until;);
    return answer;
  };
  for (let within = 60; within < 80; within += 1) {
    expect(await serve(app, 'goodbye', { within }, false)).toMatchObject({ pass: false });
  }
  expect(connections.filter(({ asked }) => !asked)).toEqual([]);
  server.close();
});

it('says how long nobody answered, the whole time', async () => {
  const app = appAt('');
  for (let within = 20; within < 60; within += 1) {
    const { found } = await serve(app, 'hello', { within }, false);
    expect(found).toContain(`The app did not answer / within ${within} ms: no instance of web runs\n`);
  }
});

function appAt(url: string): Deployment {
  return {
    name: 'app',
    logs: { lines: [] },
    fetch: (path: string, init: RequestInit) => fetchApp(() => url, path, init),
  } as unknown as Deployment;
}
