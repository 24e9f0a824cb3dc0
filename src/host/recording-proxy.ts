import { createServer, request as openRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemErrorCode } from '../errors.ts';
import type { TrafficAnswer, TrafficRecord } from '../lifecycle/traffic-record.ts';
import { outsideAddress } from './outside-address.ts';

/** What was asked of a proxy, and whether its destination answered. */
export type ProxiedRequest = Required<Pick<TrafficRecord, 'host' | 'port' | 'request' | 'answer'>>;

/** Told when a request comes; the answer is told when it is known. */
export type BeginRecord = () => (request: ProxiedRequest) => void;

export interface ProxyCredentials {
  /** PEM, of both. */
  readonly certificate: string;
  readonly key: string;
}

/** Headers that are for the next hop only, RFC 9110 §7.6.1; how the body is framed is the same on both sides. */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'upgrade'],
]);

/**
 * A proxy for HTTP (absolute form) and for tunnels (CONNECT), on connections that it is given; it listens nowhere. With
 * credentials it speaks TLS itself. What it was asked is told for each request.
 */
export function recordingProxy(
  begin: BeginRecord,
  credentials: ProxyCredentials | undefined,
): (client: Socket) => void {
  const onRequest = (request: IncomingMessage, response: ServerResponse) =>
    void forward(request, response, begin());
  const server =
    credentials === undefined
      ? createServer(onRequest)
      : createTlsServer({ cert: credentials.certificate, key: credentials.key }, onRequest);
  server.requestTimeout = 0;
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    void tunnel(request, client, head, begin());
  });
  server.on('clientError', (_, client: Duplex) => client.destroy());
  return (client) => server.emit('connection', client);
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  record: (request: ProxiedRequest) => void,
): Promise<void> {
  const { method = 'GET', url = '' } = request;
  const target = parseUrl(url);
  if (target?.protocol !== 'http:') {
    response.writeHead(400, { connection: 'close' }).end('This is a proxy: ask for http://HOST/PATH\n');
    return;
  }
  const asked = {
    host: target.hostname,
    port: Number(target.port) || 80,
    request: `${method} ${url}`,
  };
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const answer = await ask(asked, request, `${target.pathname}${target.search}`, gone.signal);
    record({ ...asked, answer: 'answered' });
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders));
    await pipeline(answer, response).catch(() => undefined);
  } catch (error) {
    record({ ...asked, answer: noAnswer(error, gone.signal.aborted) });
    if (!response.headersSent) response.writeHead(502, { connection: 'close' });
    response.end(`${reason(error)}\n`);
  }
}

async function ask(
  { host, port }: { readonly host: string; readonly port: number },
  request: IncomingMessage,
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const address = await outsideAddress(host);
  return await new Promise((resolve, reject) => {
    const sent = openRequest({
      ...{ host: address, port, path, method: request.method, agent: false, signal },
      headers: endToEnd(request.rawHeaders),
    });
    sent.once('response', resolve);
    sent.on('error', reject);
    pipeline(request, sent).catch(reject);
  });
}

async function tunnel(
  { url = '' }: IncomingMessage,
  client: Duplex,
  head: Buffer,
  record: (request: ProxiedRequest) => void,
): Promise<void> {
  client.on('error', () => undefined);
  // Two pipelines, HTTP and TLS each have theirs, a dozen in all.
  client.setMaxListeners(20);
  const target = parseUrl(`tunnel://${url}`);
  const asked = { host: target?.hostname ?? '', port: Number(target?.port), request: `CONNECT ${url}` };
  if (asked.host === '' || !(asked.port > 0)) {
    client.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    return;
  }
  try {
    const upstream = await dial(asked, client);
    record({ ...asked, answer: 'answered' });
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.write(head);
    await Promise.all([pipeline(client, upstream), pipeline(upstream, client)]).catch(() => undefined);
  } catch (error) {
    record({ ...asked, answer: noAnswer(error, client.destroyed) });
    client.end(`HTTP/1.1 502 Bad Gateway\r\n\r\n${reason(error)}\n`);
  }
}

/** It does not outlive the client. */
async function dial(
  { host, port }: { readonly host: string; readonly port: number },
  client: Duplex,
): Promise<Socket> {
  const address = await outsideAddress(host);
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket));
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('The client has gone')));
    if (client.destroyed) socket.destroy();
    else client.once('close', () => socket.destroy());
  });
}

function noAnswer(error: unknown, clientIsGone: boolean): TrafficAnswer {
  return clientIsGone || systemErrorCode(error) === 'ETIMEDOUT' ? 'unanswered' : 'refused';
}

/** Names and values in turn, as `rawHeaders` has them. */
function endToEnd(headers: readonly string[]): string[] {
  return headers.filter((_, i) => !HOP_BY_HOP.has((headers[i - (i % 2)] ?? '').toLowerCase()));
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseUrl(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
