import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RouterError } from './router-errors.ts';

/** Writes an answer of the router's own; a response that has begun can only be broken off. */
export function answerWith(response: ServerResponse, error: RouterError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(error.status, {
    ...error.headers,
    'Content-Length': Buffer.byteLength(error.body),
  });
  response.end(error.body);
}

/** The same on the bare connection of a request to upgrade, which then ends. */
export function answerUpgradeWith(request: IncomingMessage, socket: Socket, error: RouterError): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  answerWith(response, error);
}
