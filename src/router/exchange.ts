import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { accessLogLine } from './access-log.ts';
import { hostPort, type Endpoint } from './endpoint.ts';
import { fieldOf, forwardedHeaders, instanceHeaders } from './gorouter-headers.ts';

/** One request from its arrival to its line in the log. */
export class Exchange {
  /** The instance that was asked last. */
  endpoint: Endpoint | undefined;
  status = 0;
  /** Whether an instance could not be reached. */
  failedToConnect = false;
  requestBytes = 0;
  responseBytes = 0;
  routerError: string | undefined;
  readonly request: IncomingMessage;
  /** The Host header as it came. */
  readonly host: string;
  /** Path and query, also when the client sent a whole URL. */
  readonly uri: string;
  /** What goes to the instance, apart from the headers that name it. */
  readonly headers: Record<string, string | string[]>;
  /** X-Cf-App-Instance as it came. */
  readonly wantedInstance: string | undefined;
  /** Whether the client asked for the end of its connection. */
  readonly closesConnection: boolean;
  readonly #receivedAt = now();
  readonly #client: string;
  #askedAt: number | undefined;

  constructor(request: IncomingMessage) {
    const ip = (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
    const target = originForm(request);
    this.request = request;
    this.wantedInstance = fieldOf(request.headers, 'x-cf-app-instance') || undefined;
    this.closesConnection = /\bclose\b/i.test(request.headers.connection ?? '');
    this.host = target.host;
    this.uri = target.uri;
    this.#client = hostPort(ip, request.socket.remotePort ?? 0);
    this.headers = forwardedHeaders(request.headers, {
      clientIp: ip,
      time: this.#receivedAt,
      uuid: randomUUID(),
      spanId: randomBytes(8).toString('hex'),
    });
  }

  /** Whether it can be sent again without harm. Source: Go net/http/request.go isReplayable. */
  get isRepeatable(): boolean {
    return !this.hasBody && ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(this.request.method ?? '');
  }

  get hasBody(): boolean {
    const length = this.headers['content-length'];
    return this.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  }

  /** The request as it goes to an instance, which is noted as the one that was asked. */
  requestTo(endpoint: Endpoint): IncomingMessage {
    this.endpoint = endpoint;
    this.#askedAt ??= now();
    Object.assign(this.headers, instanceHeaders(endpoint));
    this.request.headers = this.headers;
    this.request.url = this.uri;
    return this.request;
  }

  /** The line for the log of the app; undefined when the request came to none. */
  line(): { app: string; line: string } | undefined {
    if (this.endpoint === undefined) return undefined;
    const finishedAt = now();
    const line = accessLogLine({
      host: this.host,
      receivedAt: this.#receivedAt,
      method: this.request.method ?? '',
      uri: this.uri,
      protocol: `HTTP/${this.request.httpVersion}`,
      status: this.status,
      requestBytes: this.requestBytes,
      responseBytes: this.responseBytes,
      headers: this.headers,
      client: this.#client,
      endpoint: this.endpoint,
      responseSeconds: (finishedAt - this.#receivedAt) / 1000,
      ...(this.#askedAt !== undefined && { routerSeconds: (this.#askedAt - this.#receivedAt) / 1000 }),
      ...(this.routerError !== undefined && { routerError: this.routerError }),
    });
    return { app: this.endpoint.app.name, line };
  }
}

function originForm({ url = '/', headers }: IncomingMessage): { host: string; uri: string } {
  const [, host, uri] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  if (host === undefined || uri === undefined) return { host: headers.host ?? '', uri: url };
  return { host, uri: uri.startsWith('/') ? uri : `/${uri}` };
}

/** Milliseconds since the epoch, finer than `Date.now` and never going back. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
