import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CfstageError } from '../errors.ts';
import { askForRefresh } from './ask-for-refresh.ts';
import { Router, type RouterOptions } from './router.ts';
import { serveRoutes, type RouteSource, type Serving } from './serving.ts';

/** Where the router was last. */
export interface SeatRecord {
  readonly port: number;
  /** Whether the process that had it lives and has not given it back. */
  readonly held: boolean;
}

/** What all sessions of this machine share. */
export interface SharedRoutes extends RouteSource {
  /**
   * Lets one session at a time try for the port. What `take` resolves with is remembered as the port of this process;
   * undefined leaves things as they are. Resolves with what gives the port back, which calls `stopListening` while
   * nobody tries.
   */
  claimSeat(
    take: (last: SeatRecord | undefined) => Promise<number | undefined>,
  ): Promise<(stopListening?: () => void) => Promise<void>>;
  /** Whether the port was given back by who had it last. */
  isSeatFree(): Promise<boolean>;
}

export interface SeatOptions {
  readonly routes: SharedRoutes;
  /** Absent: where the router was last, else a free one. Whoever serves already keeps its port. */
  readonly port?: number;
  /** The address to listen on, by default this machine only. */
  readonly host?: string;
  readonly onAccess: RouterOptions['onAccess'];
}

/** Between two tries for the port, so that a stranger on it who hangs up at once is not asked all the time. */
const PAUSE_MS = 200;

/**
 * A session's offer to be the router. It serves if the port is free; else it holds a connection to whoever serves and
 * tries again when that breaks, which it does at once when the process dies.
 */
export class RouterSeat implements AsyncDisposable {
  readonly #options: SeatOptions;
  readonly #ended = new AbortController();
  #port = 0;
  #serving: Serving | undefined;
  #release: (stopListening?: () => void) => Promise<void> = () => Promise.resolve();
  #standingBy: Promise<void> = Promise.resolve();

  /** Resolves when the router can be reached at `port`, here or elsewhere. Raises PORT_IN_USE. */
  static async start(options: SeatOptions): Promise<RouterSeat> {
    const seat = new RouterSeat(options);
    await seat.#claim(options.port);
    if (!seat.serving) seat.#standingBy = seat.#standBy();
    return seat;
  }

  private constructor(options: SeatOptions) {
    this.#options = options;
  }

  /** The port of the router, whoever is it. */
  get port(): number {
    return this.#port;
  }

  /** Whether this session is the router. */
  get serving(): boolean {
    return this.#serving !== undefined;
  }

  /**
   * Resolves once the router has read the routes, as they are now or later. A router that does not answer has nothing to
   * forget: whoever takes its place reads them all.
   */
  async refreshed(): Promise<void> {
    const router = { port: this.#port, host: reachable(this.#options.host) };
    await askForRefresh(router).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#standingBy;
    await this.#leave();
  }

  async #claim(asked: number | undefined): Promise<void> {
    const { routes } = this.#options;
    try {
      this.#release = await routes.claimSeat(async (last) => {
        if (this.#ended.signal.aborted) return undefined;
        const preferred = last?.held === true ? last.port : (asked ?? last?.port ?? 0);
        const router = (await this.#tryPort(preferred)) ?? (await this.#otherPort(asked, last));
        this.#port = router?.port ?? last?.port ?? 0;
        if (router === undefined) return undefined;
        this.#serving = await serveRoutes(router, routes);
        return router.port;
      });
    } catch (error) {
      await this.#leave();
      throw error;
    }
  }

  async #leave(): Promise<void> {
    const serving = this.#serving;
    this.#serving = undefined;
    try {
      // Both in one go, so that nobody finds the port taken and its owner gone, and the next router begins at once.
      await this.#release(() => serving?.stopListening());
    } finally {
      await serving?.[Symbol.asyncDispose]();
    }
  }

  /** A port that somebody has who is no router is given up for another, unless it was asked for. */
  async #otherPort(asked: number | undefined, last: SeatRecord | undefined): Promise<Router | undefined> {
    if (last?.held === true) return undefined;
    if (asked === undefined) return await this.#tryPort(0);
    throw new CfstageError('PORT_IN_USE', `The port ${asked} is already in use`, {
      hint: 'Choose another one with --router-port, or leave the flag out to get a free one.',
    });
  }

  async #tryPort(port: number): Promise<Router | undefined> {
    const { routes, host = '127.0.0.1', onAccess } = this.#options;
    return await Router.start({ port, host, onAccess, refresh: () => routes.endpoints() });
  }

  async #standBy(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#connectionLost(signal);
      // Who was killed may have the port for a moment still.
      if (!(await this.#options.routes.isSeatFree().catch(() => false))) await this.#pause(signal);
      // A state folder that cannot be used now may be usable the next time.
      await this.#claim(undefined).catch(() => undefined);
      if (this.serving) return;
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    await delay(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }

  async #connectionLost(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const socket = connect({ port: this.#port, host: reachable(this.#options.host), signal });
      socket.unref();
      socket.on('error', () => undefined);
      // The router only ever says that it waited too long for a request.
      socket.resume();
      socket.once('close', () => resolve());
    });
  }
}

/** Where to reach what listens on an address. */
function reachable(host = '127.0.0.1'): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}
