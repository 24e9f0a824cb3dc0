import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describeFailure } from './backend-failure.ts';
import type { Endpoint } from './endpoint.ts';

/** Source: gorouter MaxRetries, until c13e492 made it a setting; config.go EndpointDialTimeout. */
export const MAX_ATTEMPTS = 3;
const DIAL_TIMEOUT_MS = 5_000;

/** A connection to an instance, or why there is none. */
export type Dialled = { readonly endpoint: Endpoint } & (
  { readonly connection: Socket } | { readonly failure: string }
);

/**
 * Connects with the first instance in turn that takes the connection. For requests that httpxy could not send again
 * once it has begun with them.
 */
export async function dialFirst(turn: readonly [Endpoint, ...Endpoint[]]): Promise<Dialled> {
  let dialled: Dialled | undefined;
  for (const endpoint of turn.slice(0, MAX_ATTEMPTS)) {
    dialled = await dial(endpoint);
    if ('connection' in dialled) break;
  }
  return dialled ?? { endpoint: turn[0], failure: '' };
}

/** An agent that has this one connection. */
export function agentOf(connection: Socket): Agent {
  return Object.assign(new Agent(), { createConnection: () => connection });
}

async function dial(endpoint: Endpoint): Promise<Dialled> {
  const connection = connect(endpoint.address);
  return await new Promise((resolve) => {
    const failed = (error: unknown) => resolve({ endpoint, failure: describeFailure(error, endpoint) });
    const late = Object.assign(new Error('dial timeout'), { code: 'ETIMEDOUT', syscall: 'connect' });
    connection.setTimeout(DIAL_TIMEOUT_MS, () => connection.destroy(late));
    connection.once('error', failed);
    connection.once('connect', () => {
      connection.setTimeout(0);
      connection.off('error', failed);
      resolve({ endpoint, connection });
    });
  });
}
