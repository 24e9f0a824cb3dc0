import { connect, createServer, type Server, type Socket } from 'node:net';
import { listen } from '../host/listen.ts';
import type { SupervisedInstance } from '../launcher/supervised-instance.ts';

const HOST = '127.0.0.1';

interface Door {
  readonly server: Server;
  readonly port: number;
}

/**
 * Ports of this machine that stay the same while instances come and go: one for each index of web, which leads to
 * whichever instance has that place. An engine binds a port to one container for as long as that lives, so two
 * generations could never share one.
 */
export class InstanceDoors implements AsyncDisposable {
  readonly #firstPort: number;
  readonly #engineHost: string;
  readonly #doors: Door[] = [];
  readonly #targets = new Map<number, number>();
  readonly #sockets = new Set<Socket>();
  #isClosed = false;

  /** Index 0 is at `firstPort`, the next ones at its successors; 0 takes free ones. */
  constructor(firstPort: number, engineHost: string) {
    this.#firstPort = firstPort;
    this.#engineHost = engineHost;
  }

  /** Opens doors for this many instances and closes those beyond. Raises PORT_IN_USE. */
  async resize(count: number): Promise<void> {
    for (const { server } of this.#doors.splice(count)) server.close();
    while (this.#doors.length < count && !this.#isClosed) {
      const index = this.#doors.length;
      const server = createServer({ allowHalfOpen: true }, (client) => this.#lead(client, index));
      const port = await listen(server, HOST, this.#firstPort === 0 ? 0 : this.#firstPort + index);
      this.#doors.push({ server, port });
    }
  }

  /** From now on the doors lead to these instances. */
  lead(members: readonly SupervisedInstance[]): void {
    this.#targets.clear();
    for (const { slot, current } of members) {
      if (slot.processType === 'web' && current !== undefined)
        this.#targets.set(slot.index, current.hostPort);
    }
  }

  /** Where an instance of web is reached; undefined where there is no door. */
  url(index: number): string | undefined {
    const door = this.#doors[index];
    return door && `http://${HOST}:${door.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.resize(0);
    for (const socket of this.#sockets) socket.destroy();
  }

  #lead(client: Socket, index: number): void {
    const port = this.#targets.get(index);
    // As an engine's own port does when nobody listens behind it.
    if (port === undefined) {
      client.destroy();
      return;
    }
    const instance = connect({ host: this.#engineHost, port, allowHalfOpen: true });
    for (const [socket, other] of [
      [client, instance],
      [instance, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        this.#sockets.delete(socket);
        if (!socket.readableEnded) other.destroy();
      });
      socket.pipe(other);
    }
  }
}
