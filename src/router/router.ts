import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import { systemErrorCode } from '../errors.ts';
import { answerUpgradeWith, answerWith } from './answer.ts';
import { Connections } from './connections.ts';
import type { Endpoint } from './endpoint.ts';
import { Exchange } from './exchange.ts';
import { forwardRequest } from './forward-request.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { chooseInstances } from './choose-instances.ts';
import { isWebSocket, withoutUpgrade } from './plain-request.ts';
import { RouteTable } from './route-table.ts';

export interface RouterOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The address to listen on. */
  readonly host: string;
  /** The message of an `[RTR/0]` line, once for every request that went to an instance of the app. */
  readonly onAccess: (appName: string, line: string) => void;
  /** Asked for the endpoints of now before a request is refused for the want of one. */
  readonly refresh?: () => Promise<readonly Endpoint[]>;
}

/** How long requests that are under way may take when the router stops. */
const DRAIN_MS = 1_000;

/** Source: gorouter config.go FrontendIdleTimeout, router.go MAX_HEADER_BYTES; routing-release gorouter spec, router.max_idle_connections. */
const CLIENT_IDLE_MS = 900_000;
const MAX_HEADER_BYTES = 1024 * 1024;
const MAX_IDLE_BACKENDS = 100;

/** Serves the apps of all sessions on one port, as gorouter does for a foundation. */
export class Router implements AsyncDisposable {
  readonly #options: RouterOptions;
  readonly #table = new RouteTable();
  readonly #connections = new Connections();
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE_BACKENDS });
  readonly #server: Server;
  /** Never listens: it reads again what wanted an upgrade that is not on offer. */
  readonly #plainServer: Server;
  #refreshing: Promise<void> | undefined;
  #begunReads = 0;
  #appliedRead = 0;

  /** Listens; undefined when the port is taken. Other failures to listen reject as they are. */
  static async start(options: RouterOptions): Promise<Router | undefined> {
    const router = new Router(options);
    try {
      await new Promise<void>((resolve, reject) => {
        router.#server.once('error', reject);
        router.#server.listen({ port: options.port, host: options.host, exclusive: true }, resolve);
      });
      return router;
    } catch (error) {
      router.#agent.destroy();
      if (systemErrorCode(error) === 'EADDRINUSE') return undefined;
      throw error;
    }
  }

  private constructor(options: RouterOptions) {
    this.#options = options;
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    // Uploads take as long as they take.
    const limits = { requestTimeout: 0, keepAliveTimeout: CLIENT_IDLE_MS, maxHeaderSize: MAX_HEADER_BYTES };
    this.#plainServer = createServer(limits, serve);
    this.#server = createServer(limits, serve);
    this.#server.on('connection', (socket) => this.#connections.add(socket));
    this.#server.on('upgrade', (request, socket, head) => {
      // The types are wider than what a server of TCP hands over.
      if (socket instanceof Socket) void this.#upgrade(request, socket, head);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Replaces all routes. */
  update(endpoints: readonly Endpoint[]): void {
    this.#table.update(endpoints);
  }

  /** Replaces all routes by what is read, unless something that was read later is known already. */
  async updateFrom(read: () => Promise<readonly Endpoint[]>): Promise<void> {
    this.#begunReads += 1;
    const own = this.#begunReads;
    const endpoints = await read();
    if (own < this.#appliedRead) return;
    this.#appliedRead = own;
    this.update(endpoints);
  }

  /** Gives the port free at once. */
  stopListening(): void {
    this.#server.close();
  }

  /** The same; requests that are under way get a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stopListening();
    await this.#connections.drain(DRAIN_MS);
    this.#agent.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request);
    const end = this.#connections.begin(request.socket);
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const choice = await this.#choose(exchange);
    if ('error' in choice) answerWith(response, choice.error);
    else await forwardRequest(exchange, response, choice.turn, this.#agent);
    if (exchange.failedToConnect) void this.#refresh();
    await closed;
    end();
    this.#log(exchange);
  }

  async #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    if (!isWebSocket(request)) {
      socket.unshift(withoutUpgrade(request, head));
      this.#plainServer.emit('connection', socket);
      return;
    }
    const exchange = new Exchange(request);
    socket.on('error', () => undefined);
    const choice = await this.#choose(exchange);
    if ('error' in choice) answerUpgradeWith(request, socket, choice.error);
    else await forwardUpgrade(exchange, socket, head, choice.turn);
    this.#log(exchange);
  }

  async #choose(exchange: Exchange): Promise<ReturnType<typeof chooseInstances>> {
    const choice = chooseInstances(exchange, this.#table);
    if (!('error' in choice) || choice.error.status === 400) return choice;
    await this.#refresh();
    return chooseInstances(exchange, this.#table);
  }

  async #refresh(): Promise<void> {
    const { refresh } = this.#options;
    // The routes that are known stay when they cannot be read.
    this.#refreshing ??=
      refresh &&
      this.updateFrom(refresh)
        .catch(() => undefined)
        .finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
  }

  #log(exchange: Exchange): void {
    const access = exchange.line();
    if (access !== undefined) this.#options.onAccess(access.app, access.line);
  }
}
