import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Router } from '../../../src/router/router.ts';
import {
  APP_GUID,
  ask,
  deadPort,
  endpointAt,
  httpBackend,
  keepAliveAgent,
  listening,
  routerFor,
  tcpBackend,
  textOf,
} from './support/servers.ts';

const hello = () => httpBackend((_, response) => response.end('hello'));

/** Tells the request back as JSON. */
const mirror = () =>
  httpBackend((incoming, response) => {
    void textOf(incoming).then((body) => {
      const { method, url, headers, rawHeaders } = incoming;
      response.end(JSON.stringify({ method, url, headers, rawHeaders, body }));
    });
  });

interface Mirrored {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What one raw connection gets for these bytes, until it ends. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  return await textOf(socket);
}

describe('a request', () => {
  test('reaches the instance with the headers that gorouter adds', async () => {
    const { router } = await routerFor([endpointAt(await mirror(), { index: 7 })]);
    const { status, headers, body } = await ask(router.port, {
      path: '//a%20b/?q=1&x=%2F',
      headers: {
        host: `web.localhost:${router.port}`,
        'x-forwarded-for': '10.0.0.1',
        'x-vcap-request-id': 'made up',
        'x-cf-proxy-signature': 's',
        'keep-alive': 'timeout=5',
        connection: 'keep-alive, x-private',
        'x-private': 'p',
        'user-agent': 'test',
      },
    });
    const seen = JSON.parse(body) as Mirrored;
    expect(status).toBe(200);
    expect(seen.url).toBe('//a%20b/?q=1&x=%2F');
    const {
      'x-vcap-request-id': id,
      'x-request-start': start,
      'x-b3-traceid': trace,
      'x-b3-spanid': span,
      b3,
      ...rest
    } = seen.headers;
    expect(rest).toEqual({
      host: `web.localhost:${router.port}`,
      connection: 'keep-alive',
      'user-agent': 'test',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-cf-applicationid': APP_GUID,
      'x-cf-instanceid': 'instance-7',
      'x-cf-instanceindex': '7',
    });
    expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(trace).toBe(id?.replaceAll('-', ''));
    expect(b3).toBe(`${trace ?? ''}-${span ?? ''}`);
    expect(Math.abs(Date.now() - Number(start))).toBeLessThan(60_000);
    expect(headers['x-vcap-request-id']).toBe(id);
  });

  test('keeps what the client already said of its start and protocol', async () => {
    const { router } = await routerFor([endpointAt(await mirror())]);
    const { body } = await ask(router.port, {
      headers: { 'x-forwarded-proto': 'https', 'x-request-start': '5' },
    });
    expect((JSON.parse(body) as Mirrored).headers).toMatchObject({
      'x-forwarded-proto': 'https',
      'x-request-start': '5',
      'x-forwarded-for': '127.0.0.1',
    });
  });

  test('that names a whole URL goes to its host', async () => {
    const { router } = await routerFor([endpointAt(await mirror())]);
    const { body } = await ask(router.port, {
      path: 'http://web.localhost/a?b',
      headers: { host: 'other.localhost' },
    });
    expect((JSON.parse(body) as Mirrored).url).toBe('/a?b');
  });

  test.each([
    ['with a length', { headers: { 'content-length': '10' } }],
    ['in chunks', {}],
  ])('brings its body %s', async (_, options) => {
    const { router, lines, logged } = await routerFor([endpointAt(await mirror())]);
    const { body } = await ask(router.port, { method: 'POST', body: ['hello', 'world'], ...options });
    expect(JSON.parse(body)).toMatchObject({ method: 'POST', body: 'helloworld' });
    await logged(1);
    expect(lines[0]?.line).toContain(`"POST / HTTP/1.1" 200 10 ${Buffer.byteLength(body)} `);
  });

  test('gets told to go on with its body when it waits for that', async () => {
    const { router } = await routerFor([endpointAt(await mirror())]);
    const outgoing = request({
      port: router.port,
      method: 'PUT',
      agent: false,
      headers: { host: 'web.localhost', expect: '100-continue', 'content-length': 4 },
    });
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    outgoing.end('body');
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(JSON.parse(await textOf(incoming))).toMatchObject({ body: 'body' });
  });

  test('gets status, message, headers and chunks of the answer as they are', async () => {
    const port = await httpBackend((_, response) => {
      response.writeHead(201, 'Made', [
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Mixed-Case', 'x', 'Keep-Alive', 'timeout=1'],
        ...['Connection', 'close', 'X-Vcap-Request-Id', 'own'],
      ]);
      response.write('one');
      setImmediate(() => response.end('two'));
    });
    const { router } = await routerFor([endpointAt(port)]);
    const text = await raw(router.port, 'GET / HTTP/1.1\r\nHost: web.localhost\r\nConnection: close\r\n\r\n');
    expect(text.split('\r\n').sort()).toEqual(
      expect.arrayContaining(['HTTP/1.1 201 Made', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-Mixed-Case: x']),
    );
    expect(text).toContain('X-Vcap-Request-Id: own\r\n');
    expect(text).not.toContain('timeout=1');
    expect(text).toMatch(/\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n$/);
  });

  test('of HTTP/1.0 gets an answer without chunks', async () => {
    const port = await httpBackend((_, response) => {
      response.write('one');
      response.end('two');
    });
    const { router } = await routerFor([endpointAt(port)]);
    const text = await raw(router.port, 'GET / HTTP/1.0\r\nHost: web.localhost\r\n\r\n');
    expect(text).toMatch(/\r\n\r\nonetwo$/);
    expect(text.toLowerCase()).not.toContain('chunked');
  });

  test('that offers h2c is served over HTTP/1.1, its body too', async () => {
    const { router } = await routerFor([endpointAt(await mirror())]);
    const body = 'x'.repeat(300_000);
    const text = await raw(
      router.port,
      'POST /up HTTP/1.1\r\nHost: web.localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n' +
        `HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
        'GET /second HTTP/1.1\r\nHost: web.localhost\r\nConnection: close\r\n\r\n',
    );
    expect(text).toContain(`"body":"${body}"`);
    expect(text).toContain('"url":"/second"');
  });
});

test('headers may be large', async () => {
  const port = await listening(
    createServer({ maxHeaderSize: 1024 * 1024 }, (incoming, response) =>
      response.end(String(incoming.headers['x-large']?.length)),
    ),
  );
  const { router } = await routerFor([endpointAt(port)]);
  const { body } = await ask(router.port, { headers: { 'x-large': 'x'.repeat(500_000) } });
  expect(body).toBe('500000');
});

describe('without an instance', () => {
  const NO_CACHE = 'no-cache, no-store';
  test.each([
    [
      'an unknown route',
      { host: 'nobody.localhost:80' },
      404,
      'unknown_route',
      NO_CACHE,
      "404 Not Found: Requested route ('nobody.localhost:80') does not exist.\n",
    ],
    [
      'an address instead of a host',
      { host: '127.0.0.1' },
      404,
      'unknown_route',
      NO_CACHE,
      "404 Not Found: Requested route ('127.0.0.1') does not exist.\n",
    ],
    [
      'a route without ready instances',
      { host: 'waiting.localhost' },
      503,
      'no_endpoints',
      'public,max-age=2',
      "503 Service Unavailable: Requested route ('waiting.localhost') has no available endpoints.\n",
    ],
    [
      'an instance that is not there',
      { 'x-cf-app-instance': `${APP_GUID}:9` },
      400,
      'unknown_route',
      NO_CACHE,
      `400 Bad Request: Requested instance ('9') with guid ('${APP_GUID}') does not exist for route ('web.localhost')\n`,
    ],
    [
      'an instance of an unknown route',
      { host: 'nobody.localhost', 'x-cf-app-instance': `${APP_GUID}:0` },
      400,
      'unknown_route',
      NO_CACHE,
      `400 Bad Request: Requested instance ('0') with guid ('${APP_GUID}') does not exist for route ('nobody.localhost')\n`,
    ],
    [
      'a malformed instance',
      { 'x-cf-app-instance': 'web:0' },
      400,
      'invalid_cf_app_instance_header',
      NO_CACHE,
      '400 Bad Request: Invalid X-CF-App-Instance Header\n',
    ],
  ])('%s is answered as gorouter does', async (_, headers, status, code, cache, body) => {
    const waiting = endpointAt(1, { uris: ['waiting.localhost'], ready: false });
    const { router, lines } = await routerFor([endpointAt(await hello()), waiting]);
    const answer = await ask(router.port, { headers });
    expect(answer).toMatchObject({ status, body });
    expect(answer.headers).toMatchObject({
      'x-cf-routererror': code,
      'cache-control': cache,
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(lines).toEqual([]);
  });

  test('nor a host', async () => {
    const { router } = await routerFor([]);
    const text = await raw(router.port, 'GET / HTTP/1.0\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(text).toContain('X-Cf-Routererror: empty_host\r\n');
    expect(text).toMatch(/\r\n\r\n400 Bad Request: Request had empty Host header\n$/);
  });

  test('routes that nobody told of yet are looked for', async () => {
    const port = await hello();
    const { router } = await routerFor([], { refresh: () => Promise.resolve([endpointAt(port)]) });
    expect(await ask(router.port)).toMatchObject({ status: 200, body: 'hello' });
  });
});

describe('instances', () => {
  test('take turns evenly over connections that are kept', async () => {
    const counts = [0, 0, 0];
    const ports = await Promise.all(
      counts.map((_, index) =>
        httpBackend((_request, response) => {
          counts[index] = (counts[index] ?? 0) + 1;
          response.end(String(index));
        }),
      ),
    );
    const { router, lines, logged } = await routerFor(
      ports.map((port, index) => endpointAt(port, { index })),
    );
    const agent = keepAliveAgent(8);
    await Promise.all(Array.from({ length: 1000 }, () => ask(router.port, { agent })));
    expect(counts).toEqual([334, 333, 333]);
    await logged(1000);
    expect(lines.filter(({ line }) => line.includes('app_index:"1"'))).toHaveLength(333);
  });

  test('are asked for by X-Cf-App-Instance, which they do not see', async () => {
    const ports = await Promise.all([mirror(), mirror()]);
    const { router } = await routerFor(ports.map((port, index) => endpointAt(port, { index })));
    for (let i = 0; i < 3; i++) {
      const { body } = await ask(router.port, { headers: { 'x-cf-app-instance': `${APP_GUID}:1` } });
      const { headers } = JSON.parse(body) as Mirrored;
      expect([headers['x-cf-instanceindex'], headers['x-cf-app-instance']]).toEqual(['1', undefined]);
    }
  });

  test('get no traffic while they are not ready, and after they are gone', async () => {
    const port = await hello();
    const { router } = await routerFor([endpointAt(port, { ready: false })]);
    expect((await ask(router.port)).status).toBe(503);
    router.update([endpointAt(port)]);
    expect((await ask(router.port)).status).toBe(200);
    router.update([]);
    expect((await ask(router.port)).status).toBe(404);
  });

  test.each([
    ['GET', undefined],
    ['POST', 'once'],
  ] as const)('that refuse the connection are passed over: %s', async (method, body) => {
    const [dead, alive] = await Promise.all([deadPort(), mirror()]);
    const { router, lines, logged } = await routerFor([endpointAt(dead), endpointAt(alive, { index: 1 })]);
    const answer = await ask(router.port, { method, ...(body !== undefined && { body }) });
    expect(JSON.parse(answer.body)).toMatchObject({
      body: body ?? '',
      headers: { 'x-cf-instanceindex': '1' },
    });
    await logged(1);
    expect(lines[0]?.line).toContain('app_index:"1"');
  });

  test('that refuse, all of them, are a bad gateway', async () => {
    const dead = await deadPort();
    const { router, lines, logged } = await routerFor([endpointAt(dead)]);
    const { status, headers, body } = await ask(router.port, { method: 'POST', body: 'x' });
    expect([status, body]).toEqual([
      502,
      '502 Bad Gateway: Registered endpoint failed to handle the request.\n',
    ]);
    const code = `endpoint_failure (dial tcp 127.0.0.1:${dead}: connect: connection refused)`;
    expect(headers['x-cf-routererror']).toBe(code);
    await logged(1);
    expect(lines[0]?.line).toContain(`" 502 0 ${body.length} `);
    expect(lines[0]?.line).toContain(`x_cf_routererror:"${code}"`);
  });

  test('that hang up without an answer are passed over only if nothing can have been done', async () => {
    let hungUp = 0;
    const bad = await tcpBackend((socket) =>
      socket.once('data', () => {
        hungUp += 1;
        socket.end();
      }),
    );
    const { router } = await routerFor([endpointAt(bad), endpointAt(await hello(), { index: 1 })]);
    expect(await ask(router.port)).toMatchObject({ status: 200 });
    router.update([endpointAt(bad)]);
    const answer = await ask(router.port, { method: 'POST', body: 'x' });
    expect(answer).toMatchObject({ status: 502 });
    expect(answer.headers['x-cf-routererror']).toBe('endpoint_failure (EOF)');
    expect(hungUp).toBe(2);
  });

  test('that talk something else are a bad gateway', async () => {
    const bad = await tcpBackend((socket) => socket.once('data', () => socket.end('SSH-2.0-nonsense\r\n')));
    const { router } = await routerFor([endpointAt(bad)]);
    expect((await ask(router.port)).headers['x-cf-routererror']).toContain('malformed HTTP response');
  });

  test('may close a connection that was kept, between two requests', async () => {
    let connections = 0;
    const once200 = await tcpBackend((socket) => {
      connections += 1;
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        // The next request on it finds nobody.
        socket.once('data', () => socket.destroy());
      });
    });
    const { router, lines, logged } = await routerFor([endpointAt(once200)]);
    const agent = keepAliveAgent(1);
    for (let i = 0; i < 4; i++) expect((await ask(router.port, { agent })).body).toBe('ok');
    expect(connections).toBeGreaterThan(1);
    await logged(4);
    expect(lines.every(({ line }) => line.includes('" 200 '))).toBe(true);
  });

  test('that break off their answer break it off for the client', async () => {
    const port = await httpBackend((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    const { router, logged, lines } = await routerFor([endpointAt(port)]);
    await expect(ask(router.port)).rejects.toThrow('aborted');
    await logged(1);
    expect(lines[0]?.line).toContain('" 200 0 4 ');
  });
});

describe('a client that goes away', () => {
  test('before the answer ends the request to the instance', async () => {
    let gone: () => void = () => undefined;
    const left = new Promise<void>((resolve) => (gone = resolve));
    let came: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (came = resolve));
    const port = await httpBackend((_, response) => {
      response.once('close', gone);
      came();
    });
    const { router, lines, logged } = await routerFor([endpointAt(port)]);
    const outgoing = request({ port: router.port, headers: { host: 'web.localhost' }, agent: false });
    outgoing.on('error', () => undefined).end();
    await arrived;
    outgoing.destroy();
    await left;
    await logged(1);
    expect(lines[0]?.line).toContain('" 499 0 0 ');
    expect(lines[0]?.line).toContain('x_cf_routererror:"endpoint_failure (context canceled)"');
  });

  test('in the middle of an upload or download ends both', async () => {
    let gone = 0;
    let resolve: () => void = () => undefined;
    const both = new Promise<void>((done) => (resolve = done));
    const port = await httpBackend((incoming, response) => {
      incoming.resume();
      response.write('x'.repeat(100_000));
      response.once('close', () => {
        gone += 1;
        if (gone === 2) resolve();
      });
    });
    const { router, logged } = await routerFor([endpointAt(port)]);
    for (const method of ['POST', 'GET']) {
      const outgoing = request({
        port: router.port,
        method,
        headers: { host: 'web.localhost' },
        agent: false,
      });
      outgoing.on('error', () => undefined);
      if (method === 'POST') outgoing.write('part');
      else outgoing.end();
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      incoming.on('error', () => undefined);
      await once(incoming, 'data');
      outgoing.destroy();
    }
    await both;
    await logged(2);
  });
});

describe('the port', () => {
  test('that is taken gives no router', async () => {
    const { router } = await routerFor([]);
    const options = { port: router.port, host: '127.0.0.1', onAccess: () => undefined };
    expect(await Router.start(options)).toBeUndefined();
  });

  test('is free again at once, while requests that are under way end', async () => {
    let answer: () => void = () => undefined;
    let came: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (came = resolve));
    const port = await httpBackend((_, response) => {
      answer = () => response.end('late');
      came();
    });
    const { router } = await routerFor([endpointAt(port)]);
    const pending = ask(router.port);
    await arrived;
    const taken = router.port;
    const ending = router[Symbol.asyncDispose]();
    const next = await Router.start({ port: taken, host: '127.0.0.1', onAccess: () => undefined });
    expect(next?.port).toBe(taken);
    answer();
    expect((await pending).body).toBe('late');
    await ending;
    await next?.[Symbol.asyncDispose]();
  });
});

test('the line of the log', async () => {
  const { router, lines, logged } = await routerFor([endpointAt(await hello(), { index: 2 })]);
  await ask(router.port, {
    path: '/a?b=%20"',
    headers: { referer: 'http://x/"y"', 'user-agent': 'agent', 'x-forwarded-for': '8.8.8.8' },
  });
  await logged(1);
  expect(lines[0]?.app).toBe('web');
  const id = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';
  expect(lines[0]?.line).toMatch(
    new RegExp(
      '^web\\.localhost - \\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z\\] "GET /a\\?b=%20\\\\" HTTP/1\\.1" 200 0 5 ' +
        '"http://x/\\\\"y\\\\"" "agent" "127\\.0\\.0\\.1:\\d+" "127\\.0\\.0\\.1:\\d+" ' +
        `x_forwarded_for:"8\\.8\\.8\\.8, 127\\.0\\.0\\.1" x_forwarded_proto:"http" vcap_request_id:"${id}" ` +
        `response_time:0\\.\\d{6} gorouter_time:0\\.\\d{6} app_id:"${APP_GUID}" app_index:"2" ` +
        'instance_id:"instance-2" x_cf_routererror:"-" ' +
        'x_b3_traceid:"[\\da-f]{32}" x_b3_spanid:"[\\da-f]{16}" x_b3_parentspanid:"-" b3:"[\\da-f]{32}-[\\da-f]{16}"$',
    ),
  );
});
