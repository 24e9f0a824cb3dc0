import { createServer, type Server, type Socket } from 'node:net';
import { listen } from '../host/listen.ts';
import type { Emit } from '../logs/event.ts';
import { forwardConnection } from './forward-connection.ts';
import type { PortForward } from './forward-spec.ts';
import type { SshConnection } from './ssh-connection.ts';

/** Ports of this machine that lead into a container. Disposing closes them and their connections. */
export class ForwardedPorts implements AsyncDisposable {
  readonly #connection: SshConnection;
  readonly #emit: Emit;
  readonly #servers: Server[] = [];
  readonly #clients = new Set<Socket>();
  readonly #forwarding = new Set<Promise<void>>();

  constructor(connection: SshConnection, emit: Emit) {
    this.#connection = connection;
    this.#emit = emit;
  }

  /** Listens. Raises PORT_IN_USE and USAGE. */
  async open(forwards: readonly PortForward[]): Promise<void> {
    // None is left alone while it is being opened: it could no longer be closed.
    const opened = await Promise.allSettled(forwards.map((forward) => this.#open(forward)));
    for (const [i, result] of opened.entries()) {
      if (result.status === 'rejected') throw result.reason;
      const { listen, target } = forwards[i] as PortForward;
      const message = `Forwarding ${listen.host}:${result.value} to ${target.host}:${target.port}`;
      await this.#emit({ type: 'notice', message });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const client of this.#clients) client.destroy();
    await Promise.all(this.#forwarding);
  }

  async #open({ listen: { host, port }, target }: PortForward): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      this.#clients.add(client);
      client.once('close', () => this.#clients.delete(client));
      const forwarding = forwardConnection(client, target, this.#connection, this.#emit);
      this.#forwarding.add(forwarding);
      void forwarding.then(() => this.#forwarding.delete(forwarding));
    });
    this.#servers.push(server);
    return await listen(server, host, port);
  }
}
