import { once } from 'node:events';
import {
  Agent,
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
} from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Endpoint } from '../../../../src/router/endpoint.ts';
import { Router, type RouterOptions } from '../../../../src/router/router.ts';

export const APP_GUID = '11111111-2222-3333-4444-555555555555';

/** An instance at a port of this machine. */
export function endpointAt(port: number, fields: Partial<Endpoint> & { index?: number } = {}): Endpoint {
  const { index = 0, ...rest } = fields;
  return {
    app: { name: 'web', guid: APP_GUID },
    uris: ['web.localhost'],
    instance: { guid: `instance-${index}`, index },
    address: { host: '127.0.0.1', port },
    ready: true,
    ...rest,
  };
}

/** An HTTP server that ends with the test; its port. */
export async function httpBackend(listener: RequestListener): Promise<number> {
  return await listening(createServer(listener));
}

/** A TCP server that ends with the test; its port. */
export async function tcpBackend(listener: (socket: Socket) => void): Promise<number> {
  return await listening(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      listener(socket);
    }),
  );
}

export async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port that nobody listens on. */
export async function deadPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface Routed {
  readonly router: Router;
  /** What the log of the app got. */
  readonly lines: { app: string; line: string }[];
  /** Resolves when the log has this many lines. */
  readonly logged: (count: number) => Promise<void>;
}

/** A router for these endpoints that ends with the test. */
export async function routerFor(
  endpoints: readonly Endpoint[],
  options: Partial<RouterOptions> = {},
): Promise<Routed> {
  const lines: Routed['lines'] = [];
  const waiting = new Set<() => void>();
  const onAccess = (app: string, line: string) => {
    lines.push({ app, line });
    for (const check of waiting) check();
  };
  const router = await Router.start({ port: 0, host: '127.0.0.1', onAccess, ...options });
  if (router === undefined) throw new Error('no free port');
  onTestFinished(() => router[Symbol.asyncDispose]());
  router.update(endpoints);
  const logged = async (count: number) => {
    await new Promise<void>((resolve) => {
      const check = () => {
        if (lines.length >= count) resolve();
      };
      waiting.add(check);
      check();
    });
  };
  return { router, lines, logged };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own, unless an agent is given. */
export async function ask(
  port: number,
  options: RequestOptions & { body?: string | readonly string[] } = {},
): Promise<Answer> {
  const { body, headers, ...rest } = options;
  const outgoing = request({
    host: '127.0.0.1',
    port,
    agent: false,
    ...rest,
    headers: { host: 'web.localhost', ...(headers as IncomingHttpHeaders | undefined) },
  });
  for (const chunk of typeof body === 'string' ? [body] : (body ?? [])) outgoing.write(chunk);
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await textOf(incoming) };
}

export async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** An agent that keeps connections and ends with the test. */
export function keepAliveAgent(maxSockets: number): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets });
  onTestFinished(() => agent.destroy());
  return agent;
}
