import { Agent, type ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { SshConnection } from './ssh-connection.ts';
import type { SshTarget } from './ssh-command.ts';

/** How long a connection that nobody uses is kept, in milliseconds. */
const IDLE_MS = 30_000;

/** More than a push uses side by side. */
const MOST_IDLE = 16;

/**
 * The connections to an engine behind ssh. Logging in takes a third of a second and more, so a connection is used for
 * one request after the other; one that is not used does not keep the process of cfstage alive.
 */
export class SshPool extends Agent {
  readonly #target: SshTarget;
  readonly #open = new Set<SshConnection>();
  readonly #idle = new WeakMap<Duplex, NodeJS.Timeout>();
  /** They would end by themselves, but only when the engine next has something for them. */
  readonly #endAll = () => {
    for (const connection of this.#open) connection.destroy();
  };

  constructor(target: SshTarget) {
    super({ keepAlive: true, scheduling: 'lifo', maxFreeSockets: MOST_IDLE });
    this.#target = target;
  }

  override createConnection(): Duplex {
    const connection = new SshConnection(this.#target);
    if (this.#open.size === 0) process.once('exit', this.#endAll);
    this.#open.add(connection);
    connection.once('close', () => {
      this.#open.delete(connection);
      if (this.#open.size === 0) process.off('exit', this.#endAll);
    });
    return connection;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    if (socket instanceof SshConnection) socket.unref();
    this.#idle.set(socket, setTimeout(() => socket.destroy(), IDLE_MS).unref());
    return true;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    clearTimeout(this.#idle.get(socket));
    super.reuseSocket(socket, request);
  }
}
