import { createServer } from 'node:net';
import { CfstageError, systemErrorCode } from '../errors.ts';

/** Whether a TCP port of this machine can be listened on. A port that needs more rights counts as not free. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await listenFailure(port, host)) === undefined;
}

/** Raises PORT_IN_USE when the port cannot be listened on. */
export async function requireFreePort(port: number, host = '127.0.0.1'): Promise<void> {
  const failure = await listenFailure(port, host);
  if (failure === undefined) return;
  throw portInUse(
    port,
    host,
    failure,
    'Choose another one with --port, or leave the flag out to get a free one.',
  );
}

/** `failure` is the system's code for why it cannot be listened on. */
export function portInUse(port: number, host: string, failure: string, hint: string): CfstageError {
  const why = failure === 'EACCES' ? 'may not be used without more rights' : 'is already in use';
  return new CfstageError('PORT_IN_USE', `The port ${port} of ${host} ${why}`, { hint });
}

async function listenFailure(port: number, host: string): Promise<string | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', (error) => resolve(systemErrorCode(error) ?? 'UNKNOWN'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
