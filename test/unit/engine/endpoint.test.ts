import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { candidateEndpoints } from '../../../src/engine/endpoint.ts';
import { tempDir } from '../host/host-fixtures.ts';

/** A folder as the docker command keeps it, with one context. */
function dockerConfig(name: string, endpoint: string, { current = false, tls = false } = {}): string {
  const digest = createHash('sha256').update(name).digest('hex');
  return tempDir({
    'config.json': JSON.stringify(current ? { currentContext: name } : {}),
    [`contexts/meta/${digest}/meta.json`]: JSON.stringify({ Endpoints: { docker: { Host: endpoint } } }),
    ...(tls ? { [`contexts/tls/${digest}/docker/ca.pem`]: 'pem' } : {}),
  });
}

async function addresses(env: NodeJS.ProcessEnv): Promise<string[]> {
  return (await candidateEndpoints(env)).map(({ address }) => address);
}

describe('candidateEndpoints', () => {
  const none = { DOCKER_CONFIG: '/nonexistent' };

  it('asks the default socket, then Podman where nothing is said', async () => {
    expect(await addresses({ ...none, XDG_RUNTIME_DIR: '/run/user/1000' })).toEqual([
      'unix:///var/run/docker.sock',
      'unix:///run/user/1000/podman/podman.sock',
      'unix:///run/podman/podman.sock',
    ]);
    expect(await addresses({ ...none, DOCKER_HOST: '', DOCKER_CONTEXT: 'default' })).toHaveLength(2);
  });

  it('asks DOCKER_HOST alone, before any context', async () => {
    const DOCKER_CONFIG = dockerConfig('remote', 'tcp://10.0.0.1:2375', { current: true });
    expect(await candidateEndpoints({ DOCKER_CONFIG, DOCKER_HOST: 'tcp://10.0.0.2:2375' })).toEqual([
      { address: 'tcp://10.0.0.2:2375', foundBy: 'DOCKER_HOST' },
    ]);
  });

  it('takes the certificates of DOCKER_CERT_PATH when TLS is asked for', async () => {
    const env = { DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };
    expect(await candidateEndpoints(env)).toMatchObject([{ certificates: '/certs' }]);
    expect((await candidateEndpoints({ ...env, DOCKER_TLS_VERIFY: '' }))[0]).not.toHaveProperty(
      'certificates',
    );
  });

  it('asks the current context, or the one of DOCKER_CONTEXT, with its certificates', async () => {
    const current = dockerConfig('remote', 'tcp://10.0.0.1:2375', { current: true });
    expect(await candidateEndpoints({ DOCKER_CONFIG: current })).toEqual([
      { address: 'tcp://10.0.0.1:2375', foundBy: 'docker context remote' },
    ]);
    const named = dockerConfig('secure', 'tcp://10.0.0.3:2376', { tls: true });
    const digest = createHash('sha256').update('secure').digest('hex');
    expect(await candidateEndpoints({ DOCKER_CONFIG: named, DOCKER_CONTEXT: 'secure' })).toMatchObject([
      { address: 'tcp://10.0.0.3:2376', certificates: join(named, 'contexts/tls', digest, 'docker') },
    ]);
  });

  it('says so when the context does not exist', async () => {
    await expect(candidateEndpoints({ ...none, DOCKER_CONTEXT: 'gone' })).rejects.toMatchObject({
      code: 'DOCKER_UNREACHABLE',
      message: expect.stringContaining('"gone"') as string,
    });
  });
});
