import { randomUUID } from 'node:crypto';
import { CfstageError } from '../errors.ts';
import { ControlServer, controlPath } from '../host/control-socket.ts';
import { SessionDirectory } from '../host/session-directory.ts';
import { currentOwner } from '../host/session-owner.ts';
import { ensurePrivateNetwork, removePrivateNetwork } from './private-network.ts';
import type { AppStatus } from './app-status.ts';
import { isSessionRequest, toldError, type SessionAnswer, type SessionRequest } from './session-requests.ts';
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

/** This run of an app, as other terminals see it. Disposing tells those who wait for its end. */
export class AppSession implements AsyncDisposable {
  readonly id: string;
  readonly #app: string;
  readonly #workbench: Workbench;
  readonly #directory: SessionDirectory;
  readonly #stopped = new AbortController();
  #server: ControlServer | undefined;
  #actions: SessionActions | undefined;
  #replaced = false;
  #end: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#end = resolve));

  static async open(app: string, services: readonly string[], workbench: Workbench): Promise<AppSession> {
    const session = new AppSession(app, workbench);
    const socket = controlPath(workbench.home, session.id);
    session.#server = await ControlServer.listen(socket, (request) => session.#answer(request));
    const record = { id: session.id, app, owner: await currentOwner(), socket, services };
    try {
      await session.#directory.enter(record, () => ensurePrivateNetwork(workbench));
      return session;
    } catch (error) {
      session.#end();
      await session.#server[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(app: string, workbench: Workbench) {
    this.id = `${workbench.cell.session.id}.${randomUUID().slice(0, 8)}`;
    this.#app = app;
    this.#workbench = workbench;
    this.#directory = new SessionDirectory(workbench.home);
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

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#directory.leave(this.id, () => removePrivateNetwork(this.#workbench));
    } finally {
      this.#end();
      await this.#server?.[Symbol.asyncDispose]();
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
