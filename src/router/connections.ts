import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The connections of clients, so that those where nothing goes on can be closed. */
export class Connections {
  readonly #requests = new Map<Socket, number>();
  #closing = false;
  #emptied: () => void = () => undefined;

  add(socket: Socket): void {
    this.#requests.set(socket, 0);
    socket.once('close', () => {
      this.#requests.delete(socket);
      if (this.#requests.size === 0) this.#emptied();
    });
  }

  /** A request has come; call what it returns when its response is complete. */
  begin(socket: Socket): () => void {
    this.#count(socket, 1);
    return () => {
      this.#count(socket, -1);
      if (this.#closing) this.#closeIdle();
    };
  }

  /** Closes what is idle now, the rest as it gets idle, all of it after this many milliseconds. */
  async drain(milliseconds: number): Promise<void> {
    this.#closing = true;
    this.#closeIdle();
    if (this.#requests.size === 0) return;
    const timeout = new AbortController();
    const emptied = new Promise<void>((resolve) => (this.#emptied = resolve));
    await Promise.race([
      emptied,
      delay(milliseconds, undefined, { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
    for (const socket of this.#requests.keys()) socket.destroy();
  }

  #count(socket: Socket, change: number): void {
    const before = this.#requests.get(socket);
    if (before !== undefined) this.#requests.set(socket, before + change);
  }

  #closeIdle(): void {
    for (const [socket, requests] of this.#requests) if (requests === 0) socket.destroy();
  }
}
