import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { CfstageError } from '../errors.ts';
import { DockerEngine } from './docker-engine.ts';
import { candidateEndpoints, type Endpoint } from './endpoint.ts';
import type { Engine } from './engine.ts';
import { loadDocker } from './load-docker.ts';

const PING_TIMEOUT_MS = 5_000;

/**
 * The first engine that answers. Endpoints are asked in the order of `candidateEndpoints`.
 *
 * @throws CfstageError DOCKER_UNREACHABLE when none answers.
 */
export async function connectEngine(env: NodeJS.ProcessEnv): Promise<Engine> {
  const endpoints = await candidateEndpoints(env);
  const DockerClient = loadDocker();
  const failures: string[] = [];
  for (const endpoint of endpoints) {
    const options = await dockerOptions(endpoint);
    try {
      // A client of its own: the timeout would otherwise end every long request.
      await new DockerClient({ ...options, timeout: PING_TIMEOUT_MS }).ping();
      return new DockerEngine(new DockerClient(options), endpoint);
    } catch (error) {
      failures.push(
        `${endpoint.address} (${endpoint.foundBy}): ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  throw new CfstageError(
    'DOCKER_UNREACHABLE',
    `No container engine answers. Tried:\n  ${failures.join('\n  ')}`,
    {
      hint: 'Start Docker (or Podman with its socket), or point DOCKER_HOST at an engine. `cfstage doctor` checks it.',
    },
  );
}

async function dockerOptions(endpoint: Endpoint): Promise<Docker.DockerOptions> {
  const url = new URL(endpoint.address);
  if (url.protocol === 'unix:' || url.protocol === 'npipe:') {
    return { socketPath: endpoint.address.slice(`${url.protocol}//`.length) };
  }
  if (url.protocol === 'ssh:') {
    return {
      protocol: 'ssh',
      host: url.hostname,
      port: url.port === '' ? 22 : Number(url.port),
      ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
      sshOptions: { agent: process.env['SSH_AUTH_SOCK'] ?? '' },
    };
  }
  const { certificates } = endpoint;
  if (certificates === undefined) return { protocol: 'http', host: url.hostname, port: url.port || '2375' };
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFile(join(certificates, name), 'utf8')),
  );
  return {
    protocol: 'https',
    host: url.hostname,
    port: url.port || '2376',
    ca,
    cert,
    key,
  };
}
