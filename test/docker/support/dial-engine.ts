import { connect, type Socket } from 'node:net';
import { candidateEndpoints } from '../../../src/engine/endpoint.ts';

/** Opens connections to the engine of the tests, past cfstage. */
export async function engineDialler(): Promise<() => Socket> {
  const [endpoint] = await candidateEndpoints(process.env);
  const address = new URL(endpoint?.address ?? '');
  return () =>
    address.protocol === 'unix:'
      ? connect({ path: address.pathname, allowHalfOpen: true })
      : connect({ host: address.hostname, port: Number(address.port), allowHalfOpen: true });
}
