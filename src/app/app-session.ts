import { CfstageError } from '../errors.ts';
import { ControlServer, controlPath } from '../host/control-socket.ts';
import type { AppStatus } from './app-status.ts';
import { Membership } from './membership.ts';
import { isSessionRequest, toldError, type SessionAnswer, type SessionRequest } from './session-requests.ts';
import type { StagingView } from './staging-view.ts';
import type { Workbench } from './workbench.ts';

/** What a session does for other terminals once its app runs. */
export interface SessionActions {
  status(): AppStatus;
  restart(): Promise<void>;
  /** Does not wait for the end. */
  stop(): void;
  /** When the app became healthy, in milliseconds since the epoch; undefined before. */
  healthySince(): number | undefined;
}

/** How the last staging went; with or without what it changed. */
export type ViewStaging = (withChanges: boolean, signal: AbortSignal) => Promise<StagingView>;

/** This run of an app, as other terminals see it. Disposing tells those who wait for its end. */
export class AppSession implements AsyncDisposable {
  readonly membership: Membership;
  readonly #app: string;
  readonly #stopped = new AbortController();
  readonly #server: ControlServer;
  #actions: SessionActions | undefined;
  #viewStaging: ViewStaging | undefined;
  #replaced = false;
  #end: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#end = resolve));

  static async open(
    app: string,
    services: readonly string[],
    offline: boolean,
    workbench: Workbench,
  ): Promise<AppSession> {
    const id = Membership.newId(workbench);
    const socket = controlPath(workbench.home, id);
    let session: AppSession | undefined;
    const server = await ControlServer.listen(socket, (request) =>
      session === undefined ? Promise.resolve({}) : session.#answer(request),
    );
    try {
      const membership = await Membership.enter(
        id,
        { kind: 'app', app, services, socket },
        workbench,
        offline,
      );
      session = new AppSession(app, membership, server);
      return session;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(app: string, membership: Membership, server: ControlServer) {
    this.membership = membership;
    this.#app = app;
    this.#server = server;
  }

  get id(): string {
    return this.membership.id;
  }

  /** Fires when another terminal wants the app stopped. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  /** Whether a newer run has taken over. */
  get replaced(): boolean {
    return this.#replaced;
  }

  /** From here on requests go to the app. */
  serve(actions: SessionActions): void {
    this.#actions = actions;
  }

  /** From here on other terminals can see how the app is staged. */
  serveStaging(view: ViewStaging): void {
    this.#viewStaging = view;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.membership[Symbol.asyncDispose]();
    } finally {
      this.#end();
      await this.#server[Symbol.asyncDispose]();
    }
  }

  async #answer(request: unknown): Promise<SessionAnswer> {
    if (!isSessionRequest(request)) return { error: { code: 'INTERNAL', message: 'Not a request' } };
    try {
      return await this.#do(request);
    } catch (error) {
      return { error: toldError(error) };
    }
  }

  async #do(request: SessionRequest): Promise<SessionAnswer> {
    const actions = this.#actions;
    switch (request.action) {
      case 'status':
        return actions === undefined ? {} : { status: actions.status() };
      case 'staging': {
        const staging = await this.#viewStaging?.(request.changes === true, this.signal);
        return staging === undefined ? {} : { staging };
      }
      case 'restart':
        await actions?.restart();
        return {};
      case 'replace':
        if (!this.#isOlder(request)) return {};
        this.#replaced = true;
        break;
      case 'stop':
        this.#stopped.abort(
          new CfstageError('INTERRUPTED', `App ${this.#app} was stopped from another terminal`, {
            exitCode: 1,
          }),
        );
    }
    actions?.stop();
    await this.#ended;
    return {};
  }

  /** Of two runs the one that became healthy later stays; one that is still starting will take over by itself. */
  #isOlder({ since, session }: Extract<SessionRequest, { action: 'replace' }>): boolean {
    const own = this.#actions?.healthySince();
    if (own === undefined) return false;
    return own < since || (own === since && this.id < session);
  }
}
