import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { candidateEndpoints } from '../../../src/engine/endpoint.ts';

/** An engine's address that can be cut off. */
export interface EngineProxy extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** Breaks all connections and takes no new ones. */
  cut(): Promise<void>;
}

/** Puts a proxy in front of the engine, at a socket of its own. */
export async function openEngineProxy(socketPath: string): Promise<EngineProxy> {
  const [endpoint] = await candidateEndpoints(process.env);
  const address = new URL(endpoint?.address ?? '');
  const engine = () =>
    address.protocol === 'unix:'
      ? connect({ path: address.pathname })
      : connect({ host: address.hostname, port: Number(address.port) });
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = engine();
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    pipeline(client, upstream, () => undefined);
    pipeline(upstream, client, () => undefined);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  let closed: Promise<unknown> | undefined;
  const cut = async () => {
    if (closed === undefined) {
      closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
    }
    await closed;
  };
  return { address: `unix://${socketPath}`, cut, [Symbol.asyncDispose]: cut };
}
