import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Docker from 'dockerode';

/** What a request is refused with, or undefined. */
type Refusal = { readonly status: number; readonly message: string } | undefined;

/** Containers by their ids behind the API, as far as removal and inspection go, with the words that Podman 4.3 has. */
export class PodmanStandIn implements AsyncDisposable {
  readonly containers: Set<string>;
  /** Asked before each request for a container that is there. */
  refuse: (method: string, id: string) => Refusal = () => undefined;
  readonly #server: Server;

  static async open(...ids: readonly string[]): Promise<PodmanStandIn> {
    const podman = new PodmanStandIn(ids);
    podman.#server.listen(0, '127.0.0.1');
    await once(podman.#server, 'listening');
    return podman;
  }

  private constructor(ids: readonly string[]) {
    this.containers = new Set(ids);
    this.#server = createServer(({ method = '', url = '' }, response) => {
      const id = /\/containers\/(\w+)/.exec(url)?.[1] ?? '';
      const refusal = this.containers.has(id)
        ? this.refuse(method, id)
        : { status: 404, message: `no container with name or ID "${id}" found: no such container` };
      if (refusal === undefined && method === 'DELETE') this.containers.delete(id);
      response.writeHead(refusal?.status ?? 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(refusal === undefined ? { Id: id } : { message: refusal.message }));
    });
  }

  get docker(): Docker {
    return new Docker({ host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
