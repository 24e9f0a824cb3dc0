import type Docker from 'dockerode';
import { CfstageError, interruption } from '../errors.ts';
import { DockerEngine } from './docker-engine.ts';
import { dockerOptions } from './docker-options.ts';
import { candidateEndpoints, type Endpoint } from './endpoint.ts';
import { enginePlace } from './engine-place.ts';
import type { Engine } from './engine.ts';
import { loadDocker } from './load-docker.ts';
import { SSH_CONNECT_SECONDS } from './ssh-command.ts';
import { SshError } from './ssh-failure.ts';

const PING_TIMEOUT_MS = 5_000;
const SSH_PING_TIMEOUT_MS = (SSH_CONNECT_SECONDS + 5) * 1_000;

const HINT =
  'Start Docker (or Podman with its socket), or point DOCKER_HOST at an engine. `cfstage doctor` checks it.';

/**
 * The first engine that answers. Endpoints are asked in the order of `candidateEndpoints`.
 *
 * @throws CfstageError DOCKER_UNREACHABLE when none answers.
 */
export async function connectEngine(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Engine> {
  const failures: string[] = [];
  let cause: unknown;
  for (const endpoint of await candidateEndpoints(env)) {
    try {
      return await connectTo(endpoint, signal);
    } catch (error) {
      if (signal?.aborted === true) throw interruption(signal);
      cause = error;
      const words = error instanceof Error ? error.message : String(error);
      failures.push(`${endpoint.address} (${endpoint.foundBy}): ${words}`);
    }
  }
  const own = cause instanceof SshError || cause instanceof CfstageError ? cause.hint : undefined;
  throw new CfstageError(
    'DOCKER_UNREACHABLE',
    `No container engine answers. Tried:\n  ${failures.join('\n  ')}`,
    { hint: own === undefined || failures.length > 1 ? HINT : `${own} \`cfstage doctor\` checks it.`, cause },
  );
}

async function connectTo(endpoint: Endpoint, signal?: AbortSignal): Promise<Engine> {
  const docker = newDocker(await dockerOptions(endpoint));
  const deadlineMs = endpoint.address.startsWith('ssh:') ? SSH_PING_TIMEOUT_MS : PING_TIMEOUT_MS;
  const deadline = AbortSignal.timeout(deadlineMs);
  const abortSignal = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  // The client's own timeout would end every long request.
  const ping = pingWith(docker, abortSignal).catch((error: unknown) => {
    throw deadline.aborted ? new Error(`no answer in ${deadlineMs / 1_000} seconds`) : error;
  });
  const [place] = await Promise.all([enginePlace(endpoint), ping]);
  return new DockerEngine(docker, endpoint, place);
}

/** Where it finds a DOCKER_HOST dockerode reads certificates by itself, and fails when one of them is not there. */
function newDocker(options: Docker.DockerOptions): Docker {
  const DockerClient = loadDocker();
  const { DOCKER_HOST } = process.env;
  delete process.env['DOCKER_HOST'];
  try {
    return new DockerClient(options);
  } finally {
    if (DOCKER_HOST !== undefined) process.env['DOCKER_HOST'] = DOCKER_HOST;
  }
}

/** Its types leave out the options. */
async function pingWith(docker: Docker, abortSignal: AbortSignal): Promise<void> {
  const ping = docker.ping.bind(docker) as (options: object) => Promise<unknown>;
  await ping({ abortSignal });
}
