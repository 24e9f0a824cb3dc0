import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CfstageError } from '../errors.ts';

/** Where an engine may answer, and how we came to think so. */
export interface Endpoint {
  /** `unix:///path`, `tcp://host:port`, `ssh://user@host` or `npipe://…`. */
  readonly address: string;
  readonly foundBy: string;
  /** Folder that may have ca.pem, cert.pem and key.pem; its presence asks for TLS. */
  readonly certificates?: string;
  /** With TLS: whoever answers is taken for the engine. */
  readonly trustsAnyone?: true;
}

/** The endpoints to try, in order: DOCKER_HOST, the current docker context, the default socket, Podman's sockets. */
export async function candidateEndpoints(env: NodeJS.ProcessEnv): Promise<readonly Endpoint[]> {
  const host = env['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    return [{ address: host, foundBy: 'DOCKER_HOST', ...tlsOf(env) }];
  }
  const context = await contextEndpoint(env);
  if (context !== undefined) return [context];
  const runtimeDir = env['XDG_RUNTIME_DIR'];
  const podman = [
    ...(runtimeDir === undefined ? [] : [`${runtimeDir}/podman/podman.sock`]),
    '/run/podman/podman.sock',
  ];
  return [
    { address: 'unix:///var/run/docker.sock', foundBy: 'default socket' },
    ...podman.map((path) => ({ address: `unix://${path}`, foundBy: 'Podman socket' })),
  ];
}

/** Source of the variables: docker/cli, opts/hosts and cli/flags; any value but the empty one turns them on. */
function tlsOf(env: NodeJS.ProcessEnv): Pick<Endpoint, 'certificates' | 'trustsAnyone'> {
  const certificates = env['DOCKER_CERT_PATH'] || configFolder(env);
  if (env['DOCKER_TLS_VERIFY']) return { certificates };
  return env['DOCKER_TLS'] ? { certificates, trustsAnyone: true } : {};
}

function configFolder(env: NodeJS.ProcessEnv): string {
  return env['DOCKER_CONFIG'] || join(homedir(), '.docker');
}

async function contextEndpoint(env: NodeJS.ProcessEnv): Promise<Endpoint | undefined> {
  const config = configFolder(env);
  const name = env['DOCKER_CONTEXT'] || (await currentContext(config));
  if (name === undefined || name === '' || name === 'default') return undefined;
  const digest = createHash('sha256').update(name).digest('hex');
  const meta = await readJson(join(config, 'contexts', 'meta', digest, 'meta.json'));
  const { Host: address, SkipTLSVerify } = dockerEndpoint(meta);
  if (typeof address !== 'string') {
    throw new CfstageError(
      'DOCKER_UNREACHABLE',
      `The docker context "${name}" does not exist or names no engine`,
      {
        hint: 'Choose one with `docker context use NAME`, or set DOCKER_HOST.',
      },
    );
  }
  const certificates = join(config, 'contexts', 'tls', digest, 'docker');
  const trustsAnyone = SkipTLSVerify === true;
  const hasTls = trustsAnyone || (await readdir(certificates).catch(() => [])).length > 0;
  return {
    address,
    foundBy: `docker context ${name}`,
    ...(hasTls ? { certificates } : {}),
    ...(trustsAnyone ? { trustsAnyone } : {}),
  };
}

function dockerEndpoint(meta: unknown): { readonly Host?: unknown; readonly SkipTLSVerify?: unknown } {
  return (meta as { Endpoints?: { docker?: object } } | undefined)?.Endpoints?.docker ?? {};
}

async function currentContext(config: string): Promise<string | undefined> {
  const file = await readJson(join(config, 'config.json'));
  const name = (file as { currentContext?: unknown } | undefined)?.currentContext;
  return typeof name === 'string' ? name : undefined;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch {
    // Docker's own client also goes on with its defaults when this file is missing or unreadable.
    return undefined;
  }
}
