import { readFile } from 'node:fs/promises';
import type { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { systemErrorCode } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';
import { engineUrl } from './engine-url.ts';
import { sshTarget } from './ssh-command.ts';
import { SshPool } from './ssh-pool.ts';

/** dockerode reads these from the variables of DOCKER_HOST by itself, unless it is told. */
const NOTHING_FROM_ENVIRONMENT = {
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
  pathPrefix: '/',
};

/** An endpoint as dockerode takes it. Raises DOCKER_UNREACHABLE for an address that is none. */
export async function dockerOptions(endpoint: Endpoint): Promise<Docker.DockerOptions> {
  const nothing: object = NOTHING_FROM_ENVIRONMENT;
  return { ...nothing, ...(await connection(endpoint)) };
}

/** Its types leave out the agent. */
type Options = Docker.DockerOptions & { readonly agent?: HttpAgent };

async function connection(endpoint: Endpoint): Promise<Options> {
  const url = engineUrl(endpoint.address);
  switch (url.kind) {
    case 'socket':
      return { socketPath: url.path };
    case 'ssh':
      return { protocol: 'http', host: 'docker', port: 80, agent: new SshPool(sshTarget(endpoint.address)) };
    case 'tcp': {
      const { host } = url;
      if (endpoint.certificates === undefined && !url.secure)
        return { protocol: 'http', host, port: url.port || '2375' };
      return { protocol: 'https', host, port: url.port || '2376', agent: await tlsAgent(endpoint) };
    }
  }
}

async function tlsAgent({ certificates, trustsAnyone }: Endpoint): Promise<Agent> {
  const read = async (name: string) =>
    certificates === undefined ? undefined : await readOptional(join(certificates, name));
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map(read));
  return new Agent({ ca, cert, key, rejectUnauthorized: trustsAnyone !== true, keepAlive: true });
}

/** Each of the files may be left out: an authority that the system knows, an engine that asks for no certificate. */
async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
