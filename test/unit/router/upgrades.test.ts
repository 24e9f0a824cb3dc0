import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { deadPort, endpointAt, listening, routerFor, tcpBackend, textOf } from './support/servers.ts';

/** Says who it is and what it was asked, then says everything back. */
async function echo(name: string): Promise<number> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  onTestFinished(() => sockets.close());
  sockets.on('connection', (socket, { url, headers }) => {
    socket.send(JSON.stringify({ name, url, headers }));
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return await listening(server);
}

function open(port: number, path = '/'): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host: 'web.localhost' } });
  onTestFinished(() => socket.terminate());
  return socket;
}

async function message(socket: WebSocket): Promise<Buffer> {
  const [data] = (await once(socket, 'message')) as [RawData];
  return data as Buffer;
}

/** The answer to a request to upgrade that is refused. */
async function refused(
  port: number,
  host = 'web.localhost',
): Promise<{ incoming: IncomingMessage; body: string }> {
  const headers = { host, connection: 'Upgrade', upgrade: 'websocket' };
  const outgoing = request({ port, headers, agent: false }).end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { incoming, body: await textOf(incoming) };
}

describe('a WebSocket', () => {
  test('reaches an instance with the headers of gorouter and is logged when it ends', async () => {
    const { router, lines, logged } = await routerFor([endpointAt(await echo('a'), { index: 3 })]);
    const socket = open(router.port, '/chat?x=1');
    const first = JSON.parse((await message(socket)).toString()) as { headers: object; url: string };
    expect(first.url).toBe('/chat?x=1');
    expect(first.headers).toMatchObject({ 'x-cf-instanceindex': '3', 'x-forwarded-for': '127.0.0.1' });
    const large = Buffer.alloc(3_000_000, 'ab');
    socket.send(large);
    expect((await message(socket)).equals(large)).toBe(true);
    expect(lines).toEqual([]);
    socket.close(1000);
    await once(socket, 'close');
    await logged(1);
    expect(lines[0]?.line).toContain('"GET /chat?x=1 HTTP/1.1" 101 0 0 ');
  });

  test('takes turns, and passes over an instance that refuses the connection', async () => {
    const [a, dead, b] = await Promise.all([echo('a'), deadPort(), echo('b')]);
    const { router } = await routerFor([a, dead, b].map((port, index) => endpointAt(port, { index })));
    const names: string[] = [];
    for (let i = 0; i < 3; i++) {
      const first = JSON.parse((await message(open(router.port))).toString()) as { name: string };
      names.push(first.name);
    }
    expect(names).toEqual(['a', 'b', 'b']);
  });

  test('ends when its instance dies', async () => {
    const port = await tcpBackend((socket) => {
      socket.once('data', () => {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi',
        );
        socket.once('data', () => socket.resetAndDestroy());
      });
    });
    const { router, logged } = await routerFor([endpointAt(port)]);
    const client = connect(router.port, '127.0.0.1');
    client.write(
      'GET / HTTP/1.1\r\nHost: web.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    client.once('data', () => client.write('die'));
    expect(await textOf(client)).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*\r\n\r\nhi$/);
    await logged(1);
  });

  test('ends at the instance when its client vanishes', async () => {
    let ended: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (ended = resolve));
    const port = await tcpBackend((socket) => {
      socket.once('close', ended);
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      );
    });
    const { router, logged } = await routerFor([endpointAt(port)]);
    const client = connect(router.port, '127.0.0.1');
    client.write(
      'GET / HTTP/1.1\r\nHost: web.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await once(client, 'data');
    client.resetAndDestroy();
    await left;
    await logged(1);
  });
});

describe('a request for a WebSocket', () => {
  test('gets whatever else the instance answers', async () => {
    const port = await listening(
      createServer((_, response) => {
        response.writeHead(403, { 'x-why': 'because' });
        response.write('no');
        response.end('pe');
      }),
    );
    const { router, lines, logged } = await routerFor([endpointAt(port)]);
    const { incoming, body } = await refused(router.port);
    expect([incoming.statusCode, incoming.headers['x-why'], body]).toEqual([403, 'because', 'nope']);
    await logged(1);
    expect(lines[0]?.line).toContain('" 403 ');
  });

  test('is a bad gateway when nobody takes the connection', async () => {
    const dead = await deadPort();
    const { router, lines, logged } = await routerFor([endpointAt(dead)]);
    const { incoming, body } = await refused(router.port);
    expect(incoming.statusCode).toBe(502);
    expect(body).toBe('502 Bad Gateway: Registered endpoint failed to handle the request.\n');
    await logged(1);
    expect(lines[0]?.line).toContain('" 502 0 67 ');
  });

  test('is a bad gateway when the instance hangs up', async () => {
    const port = await tcpBackend((socket) => socket.once('data', () => socket.end()));
    const { router } = await routerFor([endpointAt(port)]);
    const { incoming } = await refused(router.port);
    expect([incoming.statusCode, incoming.headers['x-cf-routererror']]).toEqual([
      502,
      'endpoint_failure (EOF)',
    ]);
  });

  test.each([
    ['nobody.localhost', 404, 'unknown_route'],
    ['waiting.localhost', 503, 'no_endpoints'],
  ])('for %s is answered as any other', async (host, status, code) => {
    const { router } = await routerFor([endpointAt(1, { uris: ['waiting.localhost'], ready: false })]);
    const { incoming } = await refused(router.port, host);
    expect([incoming.statusCode, incoming.headers['x-cf-routererror']]).toEqual([status, code]);
  });
});
