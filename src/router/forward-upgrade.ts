import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'httpxy';
import { answerUpgradeWith } from './answer.ts';
import { describeFailure } from './backend-failure.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { MAX_ATTEMPTS } from './forward-request.ts';
import { HOP_BY_HOP } from './gorouter-headers.ts';
import { endpointFailure, REQUEST_CANCELLED } from './router-errors.ts';

/** Source: gorouter config.go EndpointDialTimeout. */
const DIAL_TIMEOUT_MS = 5_000;

/**
 * Connects a WebSocket client with the first instance in turn that takes the connection. Whatever else the instance
 * answers is passed on and ends the connection. Resolves when the connection is closed; never rejects.
 */
export async function forwardUpgrade(
  exchange: Exchange,
  socket: Socket,
  head: Buffer,
  turn: readonly Endpoint[],
): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // The client may go away while the instance is dialled.
  socket.on('error', () => undefined);
  const dialled = await dialFirst(exchange, turn);
  if (socket.destroyed) {
    if ('connection' in dialled) dialled.connection.destroy();
    Object.assign(exchange, REQUEST_CANCELLED);
    return;
  }
  if ('connection' in dialled) join(exchange, socket, head, dialled);
  else fail(exchange, socket, dialled.failure);
  await closed;
}

interface Dialled {
  readonly endpoint: Endpoint;
  readonly connection: Socket;
}

/** httpxy ends the client's connection when it cannot connect, so the choice is made before it begins. */
async function dialFirst(
  exchange: Exchange,
  turn: readonly Endpoint[],
): Promise<Dialled | { readonly failure: string }> {
  let failure = '';
  for (const endpoint of turn.slice(0, MAX_ATTEMPTS)) {
    exchange.requestTo(endpoint);
    try {
      return { endpoint, connection: await dial(endpoint) };
    } catch (error) {
      failure = describeFailure(error, endpoint);
    }
  }
  return { failure };
}

async function dial({ address }: Endpoint): Promise<Socket> {
  const socket = connect(address);
  return await new Promise((resolve, reject) => {
    const timeout = () =>
      socket.destroy(Object.assign(new Error('dial timeout'), { code: 'ETIMEDOUT', syscall: 'connect' }));
    socket.setTimeout(DIAL_TIMEOUT_MS, timeout);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function join(exchange: Exchange, socket: Socket, head: Buffer, { endpoint, connection }: Dialled): void {
  const proxy = createProxyServer();
  proxy.on('proxyReqWs', (outgoing) => {
    outgoing.once('response', (incoming) => {
      exchange.status = incoming.statusCode ?? 0;
      // The body is passed on bare, so that the end of the connection has to be its end.
      for (const name of [...HOP_BY_HOP, 'transfer-encoding']) Reflect.deleteProperty(incoming.headers, name);
      incoming.headers.connection = 'close';
    });
    outgoing.once('upgrade', (incoming) => {
      exchange.status = incoming.statusCode ?? 0;
      incoming.headers['x-vcap-request-id'] ??= exchange.headers['x-vcap-request-id'];
    });
  });
  proxy.on('open', (opened) => {
    opened.once('close', () => socket.end());
    socket.once('close', () => opened.destroy());
  });
  // It ends the client's connection right after this event.
  proxy.on('error', (error) => {
    if (exchange.status === 0) fail(exchange, socket, describeFailure(error, endpoint));
  });
  const request = exchange.requestTo(endpoint);
  Object.assign(request.headers, { connection: 'Upgrade', upgrade: 'websocket' });
  socket.once('close', () => connection.destroy());
  const target = { protocol: 'http:', ...endpoint.address };
  proxy.ws(request, socket, { target, agent: agentOf(connection) }, head).catch(() => undefined);
}

/** An agent that has this one connection. */
function agentOf(connection: Duplex): Agent {
  return Object.assign(new Agent(), { createConnection: () => connection });
}

function fail(exchange: Exchange, socket: Socket, cause: string): void {
  const error = endpointFailure(cause);
  exchange.status = error.status;
  exchange.routerError = error.headers['X-Cf-Routererror'];
  exchange.responseBytes = Buffer.byteLength(error.body);
  answerUpgradeWith(exchange.request, socket, error);
}
