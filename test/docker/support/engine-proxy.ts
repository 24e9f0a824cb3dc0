import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { engineDialler } from './dial-engine.ts';

/** An engine's address that can be cut off. */
export interface EngineProxy extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** Breaks all connections and takes no new ones. */
  cut(): Promise<void>;
}

/** Puts a proxy in front of the engine, at a socket of its own. */
export async function openEngineProxy(socketPath: string): Promise<EngineProxy> {
  const { server, cut } = await proxyServer();
  server.listen(socketPath);
  await once(server, 'listening');
  return { address: `unix://${socketPath}`, cut, [Symbol.asyncDispose]: cut };
}

/** The same at a free port of one of this machine's addresses. */
export async function openTcpProxy(host: string, tls?: TlsOptions): Promise<EngineProxy> {
  const { server, cut } = await proxyServer(tls);
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `tcp://${host}:${port}`, cut, [Symbol.asyncDispose]: cut };
}

async function proxyServer(tls?: TlsOptions): Promise<{ server: Server; cut: () => Promise<void> }> {
  const engine = await engineDialler();
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const serve = (client: Socket) => {
    const upstream = engine();
    track(upstream);
    pipeline(client, upstream, () => undefined);
    pipeline(upstream, client, () => undefined);
  };
  const server =
    tls === undefined
      ? createServer({ allowHalfOpen: true }, serve)
      : createTlsServer({ ...tls, allowHalfOpen: true }, serve);
  // Of TLS as well: one whose handshake fails never becomes a client.
  server.on('connection', track);
  let closed: Promise<unknown> | undefined;
  const cut = async () => {
    if (closed === undefined) {
      closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
    }
    await closed;
  };
  return { server, cut };
}
