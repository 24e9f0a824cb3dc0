import { AppRoutes } from './app-routes.ts';
import { AppSession, type SessionActions, type ViewStaging } from './app-session.ts';
import { startBackingServices, type BackingServices } from './backing-services.ts';
import type { AwaitServices } from './instance-starter.ts';
import { replaceOlder } from './replace-older.ts';
import type { RunRequest } from './request.ts';
import type { AppServices } from './app-services.ts';
import type { Workbench } from './workbench.ts';

/**
 * What a run of an app has besides its instances: a place among the sessions of the state folder, backing services, and
 * routes. Disposing gives all of it up; the instances must be gone by then.
 */
export class AppPlace implements AsyncDisposable {
  readonly awaitServices: AwaitServices = async (from, signal) =>
    await this.#services?.awaitFrom(from, signal);
  readonly #app: string;
  readonly #backed: AppServices['backed'];
  readonly #request: RunRequest;
  readonly #workbench: Workbench;
  readonly #session: AppSession;
  #routes: AppRoutes | undefined;
  #services: BackingServices | undefined;
  #announced: readonly string[];
  #released: Promise<void> | undefined;

  /** Makes the run known to other terminals. */
  static async open(
    app: string,
    { backed }: AppServices,
    request: RunRequest,
    workbench: Workbench,
  ): Promise<AppPlace> {
    const names = backed.map(({ name }) => name);
    return new AppPlace(
      app,
      backed,
      request,
      workbench,
      await AppSession.open(app, names, request.offline, workbench),
    );
  }

  private constructor(
    app: string,
    backed: AppServices['backed'],
    request: RunRequest,
    workbench: Workbench,
    session: AppSession,
  ) {
    this.#app = app;
    this.#backed = backed;
    this.#announced = backed.map(({ name }) => name);
    this.#request = request;
    this.#workbench = workbench;
    this.#session = session;
  }

  /** Aborts what is going on when another terminal asks for the end of the app. */
  get signal(): AbortSignal {
    return this.#session.signal;
  }

  /** Whether a newer run has taken over. */
  get replaced(): boolean {
    return this.#session.replaced;
  }

  get routes(): AppRoutes | undefined {
    return this.#routes;
  }

  /** Begins to start the backing services; whoever needs them waits for them. Raises SERVICE_UNAVAILABLE. */
  async openServices(signal: AbortSignal): Promise<BackingServices> {
    const { membership } = this.#session;
    const use = {
      app: this.#app,
      keep: this.#request.keepServices ? ('always' as const) : ('never' as const),
      inUse: (service: string) => membership.inUse(service),
    };
    this.#services = await startBackingServices(this.#backed, use, this.#workbench, signal);
    membership.share(this.#services);
    return this.#services;
  }

  /** Has other backing services from here on; what it does not need any more stays until `settleServices`. Raises as `openServices`. */
  async changeServices(backed: AppServices['backed'], signal: AbortSignal): Promise<void> {
    const services = this.#services;
    if (services === undefined) return;
    const names = new Set([...services.names, ...backed.map(({ name }) => name)]);
    await this.#announce([...names]);
    await services.change(backed, signal);
  }

  /** Gives up the backing services that it does not need any more. */
  async settleServices(): Promise<void> {
    if (this.#services === undefined) return;
    await this.#services.settle();
    await this.#announce(this.#services.names);
  }

  /** Takes a place at the router that all apps share. Raises PORT_IN_USE. */
  async openRoutes(): Promise<void> {
    const who = { app: this.#app, session: this.#session.id };
    this.#routes = await AppRoutes.open(who, this.#request.routerPort, this.#workbench);
  }

  /** From here on other terminals can ask for this. */
  serve(actions: SessionActions): void {
    this.#session.serve(actions);
  }

  /** From here on other terminals can see how the app is staged. */
  serveStaging(view: ViewStaging): void {
    this.#session.serveStaging(view);
  }

  /** Ends the runs of the app that became healthy before this one, which did at `since`. */
  async takeOver(since: number, signal: AbortSignal): Promise<void> {
    await replaceOlder(this.#app, { session: this.#session.id, since }, this.#workbench, signal);
  }

  async #announce(services: readonly string[]): Promise<void> {
    if (JSON.stringify(services) === JSON.stringify(this.#announced)) return;
    await this.#session.membership.announceServices(services);
    this.#announced = services;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#released ??= (async () => {
      try {
        await this.#routes?.[Symbol.asyncDispose]();
      } finally {
        await this.#session[Symbol.asyncDispose]();
      }
    })();
    return this.#released;
  }
}
