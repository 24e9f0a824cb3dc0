import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { CfstageError, systemErrorCode } from '../errors.ts';
import { portInUse } from './free-port.ts';

/** Has a server listen and answers its port, which the system chooses for 0. Raises PORT_IN_USE and USAGE. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    const code = systemErrorCode(error) ?? 'UNKNOWN';
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      throw portInUse(port, host, code, 'Choose another port.');
    }
    throw new CfstageError('USAGE', `Cannot listen on ${host}:${port} (${code})`, {
      hint: 'Give an address of this machine.',
      cause: error,
    });
  }
}
