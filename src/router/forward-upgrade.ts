import type { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import { answerUpgradeWith } from './answer.ts';
import { describeFailure } from './backend-failure.ts';
import { agentOf, dialFirst } from './dial.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { endpointFailure, REQUEST_CANCELLED } from './router-errors.ts';

/**
 * Connects a WebSocket client with the first instance in turn that takes the connection. Whatever else the instance
 * answers is passed on and ends the connection. Resolves when the connection is closed; never rejects.
 */
export async function forwardUpgrade(
  exchange: Exchange,
  socket: Socket,
  head: Buffer,
  turn: readonly [Endpoint, ...Endpoint[]],
): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // The client may go away while the instance is dialled.
  socket.on('error', () => undefined);
  const dialled = await dialFirst(turn);
  exchange.requestTo(dialled.endpoint);
  if (socket.destroyed) {
    if ('connection' in dialled) dialled.connection.destroy();
    Object.assign(exchange, REQUEST_CANCELLED);
    return;
  }
  if ('connection' in dialled) join(exchange, socket, head, dialled);
  else fail(exchange, socket, dialled.failure);
  await closed;
}

function join(
  exchange: Exchange,
  socket: Socket,
  head: Buffer,
  { endpoint, connection }: { endpoint: Endpoint; connection: Socket },
): void {
  const proxy = createProxyServer();
  proxy.on('proxyReqWs', (outgoing) => {
    outgoing.once('response', (incoming) => (exchange.status = incoming.statusCode ?? 0));
    outgoing.once('upgrade', (incoming) => {
      exchange.status = incoming.statusCode ?? 0;
      incoming.headers['x-vcap-request-id'] ??= exchange.headers['x-vcap-request-id'];
    });
  });
  proxy.on('open', (opened) => {
    opened.once('close', () => socket.end());
    socket.once('close', () => opened.destroy());
  });
  // httpxy ends the client's connection right after this event.
  proxy.on('error', (error) => {
    if (exchange.status === 0) fail(exchange, socket, describeFailure(error, endpoint));
  });
  const request = exchange.requestTo(endpoint);
  Object.assign(request.headers, { connection: 'Upgrade', upgrade: 'websocket' });
  socket.once('close', () => connection.destroy());
  const target = { protocol: 'http:', ...endpoint.address };
  proxy.ws(request, socket, { target, agent: agentOf(connection) }, head).catch(() => undefined);
}

function fail(exchange: Exchange, socket: Socket, cause: string): void {
  const error = endpointFailure(cause);
  exchange.status = error.status;
  exchange.routerError = error.headers['X-Cf-Routererror'];
  exchange.responseBytes = Buffer.byteLength(error.body);
  answerUpgradeWith(exchange.request, socket, error);
}
