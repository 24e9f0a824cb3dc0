import { LogRecorder } from '../host/log-recorder.ts';
import { RouteDirectory } from '../host/route-directory.ts';
import type { SupervisedInstance } from '../launcher/supervised-instance.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
import type { Endpoint } from '../router/endpoint.ts';
import { RouterSeat } from '../router/router-seat.ts';
import type { Workbench } from './workbench.ts';

/** Log source of the router. Source: gorouter, `RTR` and its index. */
const ROUTER_SOURCE = 'RTR/0';

/** This session's place at the router that all sessions share. Disposing gives up the place and the routes. */
export class AppRoutes implements AsyncDisposable {
  readonly #directory: RouteDirectory;
  readonly #seat: RouterSeat;
  readonly #others: LogRecorder;
  /** One program may run several apps at once. */
  readonly #session: string;
  readonly #host: string;
  /** Where each instance was last: a route whose instances are all down is still a route. */
  readonly #endpoints = new Map<number, Endpoint>();
  #published: Promise<void> = Promise.resolve();
  #isKnown = false;

  private constructor(
    directory: RouteDirectory,
    seat: RouterSeat,
    others: LogRecorder,
    session: string,
    host: string,
  ) {
    this.#directory = directory;
    this.#seat = seat;
    this.#others = others;
    this.#session = session;
    this.#host = host;
  }

  /** Offers to be the router, or stands by while another session is. Raises PORT_IN_USE. */
  static async open(
    { app: ownApp, session }: { readonly app: string; readonly session: string },
    port: number,
    { home, cell, emit }: Workbench,
  ): Promise<AppRoutes> {
    const directory = new RouteDirectory(home);
    const others = new LogRecorder(home);
    const seat = await RouterSeat.start({
      routes: directory,
      ...(port === 0 ? {} : { port }),
      onAccess: (app, message) => {
        const line = { type: 'log', app, source: ROUTER_SOURCE, stream: 'OUT', message } as const;
        // Requests for the apps of other terminals belong into their logs, not on this one.
        if (app === ownApp) void emit(line);
        else void others.write({ ...line, time: Date.now() });
      },
    });
    return new AppRoutes(directory, seat, others, session, cell.engine.host);
  }

  /** Tells the router which instances of `web` there are and which are ready, as they are now. */
  update(members: readonly SupervisedInstance[], { name, guid, uris }: AppFacts): void {
    const web = members.filter(({ slot }) => slot.processType === 'web');
    for (const index of this.#endpoints.keys()) {
      if (!web.some(({ slot }) => slot.index === index)) this.#endpoints.delete(index);
    }
    for (const { slot, current } of web) {
      const { index } = slot;
      const known = this.#endpoints.get(index);
      if (current !== undefined) {
        this.#endpoints.set(index, {
          app: { name, guid },
          uris,
          instance: { guid: current.instance.plan.instanceGuid, index },
          address: { host: this.#host, port: current.hostPort },
          ready: current.instance.ready,
        });
      } else if (known !== undefined) this.#endpoints.set(index, { ...known, uris, ready: false });
    }
    if (this.#endpoints.size === 0 && !this.#isKnown) return;
    this.#isKnown = true;
    this.#published = this.#directory.publish(this.#session, [...this.#endpoints.values()]);
    // The app goes on without its routes; the next change tries again.
    this.#published.catch(() => undefined);
  }

  /** Resolves once the last update can be read by all. */
  async published(): Promise<void> {
    await this.#published;
  }

  /** Resolves once the router, whoever is it, sends requests by the last update. */
  async followed(): Promise<void> {
    await this.#published;
    await this.#seat.refreshed();
  }

  /** Takes the routes back; resolves once the router, whoever is it, sends no more requests by them. */
  async withdraw(): Promise<void> {
    await this.#directory.withdraw(this.#session);
    await this.#seat.refreshed();
  }

  /** The URLs of these routes. */
  urls({ uris }: AppFacts): readonly string[] {
    return uris.map((uri) => {
      const [domain = '', ...path] = uri.split('/');
      return `http://${[`${domain}:${this.#seat.port}`, ...path].join('/')}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#directory.withdraw(this.#session);
    } finally {
      // A full disk must not leave the port taken and the process alive.
      await this.#seat[Symbol.asyncDispose]();
      await this.#others.close();
    }
  }
}
