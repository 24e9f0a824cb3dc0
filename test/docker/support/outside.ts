import { EventEmitter, on, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A web server of this machine that containers with a way out reach by an address of the machine. */
export interface Outside extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly url: string;
  /** Methods and paths of the requests that have come. */
  readonly requests: readonly string[];
  /** The response to the next request that nobody has asked for by this. */
  next(): Promise<ServerResponse>;
}

/** With `answers: false` it takes requests and never answers. */
export async function openOutside({ answers = true } = {}): Promise<Outside> {
  const requests: string[] = [];
  const responses = new EventEmitter();
  const coming = on(responses, 'response');
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    responses.emit('response', response);
    // One that answered sooner would close the connection on what is still on its way.
    if (answers) request.once('end', () => response.end('from the outside'));
    request.resume();
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const address = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  if (address === undefined) throw new Error('This machine has no address but loopback');
  return {
    address,
    port,
    url: `http://${address}:${port}`,
    requests,
    async next() {
      const { value } = (await coming.next()) as { value: [ServerResponse] };
      return value[0];
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
