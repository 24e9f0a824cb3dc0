import { LogRecorder } from '../host/log-recorder.ts';
import { RouteDirectory } from '../host/route-directory.ts';
import type { StartedInstance } from '../launcher/launcher.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
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

  private constructor(directory: RouteDirectory, seat: RouterSeat, others: LogRecorder, session: string) {
    this.#directory = directory;
    this.#seat = seat;
    this.#others = others;
    this.#session = session;
  }

  /** Offers to be the router, or stands by while another session is. Raises PORT_IN_USE. */
  static async open(ownApp: string, port: number, { home, cell, emit }: Workbench): Promise<AppRoutes> {
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
    return new AppRoutes(directory, seat, others, `${cell.session.id}.${ownApp}`);
  }

  /** Routes requests to an instance while it is ready. Resolves with its URLs once the first state is known to all. */
  async serve(
    { instance, hostPort }: StartedInstance,
    { name, guid, uris }: AppFacts,
    host: string,
  ): Promise<readonly string[]> {
    const endpoint = {
      app: { name, guid },
      uris,
      instance: { guid: instance.plan.instanceGuid, index: instance.plan.index },
      address: { host, port: hostPort },
    };
    let published: Promise<void> = Promise.resolve();
    instance.onReadiness((ready) => {
      published = this.#directory.publish(this.#session, [{ ...endpoint, ready }]);
      // The app goes on without its routes; the next change tries again.
      published.catch(() => undefined);
    });
    await published;
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
