import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setupModule } from './setup-module.ts';

const { addressOf, engineAddresses } = await setupModule<{
  addressOf: (endpoint: string, from: string, tls?: object) => object;
  engineAddresses: (env: Record<string, string>) => object[];
}>('engine-address');

describe('addressOf', () => {
  it.each([
    ['unix:///run/user/1000/docker.sock', { socketPath: '/run/user/1000/docker.sock' }],
    ['tcp://build.example:2375', { host: 'build.example', port: 2375, tls: undefined }],
    ['tcp://build.example', { host: 'build.example', port: 2375, tls: undefined }],
    ['https://build.example', { host: 'build.example', port: 2376, tls: {} }],
    ['tcp://[::1]:2375', { host: '::1', port: 2375, tls: undefined }],
    ['ssh://build.example', {}],
  ])('reads %s', (endpoint, where) => {
    expect(addressOf(endpoint, 'DOCKER_HOST')).toEqual({ from: 'DOCKER_HOST', endpoint, ...where });
  });

  it('takes the port of TLS when there are keys', () => {
    expect(addressOf('tcp://build.example', 'x', { ca: 'A' })).toMatchObject({
      port: 2376,
      tls: { ca: 'A' },
    });
  });
});

describe('engineAddresses', () => {
  let home: string;

  beforeAll(() => {
    home = mkdtempSync(path.join(tmpdir(), 'cfstage-test-'));
    const id = createHash('sha256').update('remote').digest('hex');
    const meta = path.join(home, '.docker/contexts/meta', id);
    mkdirSync(meta, { recursive: true });
    const endpoint = { Name: 'remote', Endpoints: { docker: { Host: 'unix:///run/remote.sock' } } };
    writeFileSync(path.join(meta, 'meta.json'), JSON.stringify(endpoint));
  });
  afterAll(() => {
    rmSync(home, { recursive: true });
  });

  const sockets = (env: Record<string, string>) =>
    engineAddresses({ HOME: home, ...env }).map((address) => (address as { socketPath?: string }).socketPath);
  const fallbacks = ['/var/run/docker.sock', '/run/podman/podman.sock'];

  it('asks only DOCKER_HOST when it is set', () => {
    expect(sockets({ DOCKER_HOST: 'unix:///run/mine.sock', DOCKER_CONTEXT: 'remote' })).toEqual([
      '/run/mine.sock',
    ]);
  });

  it('asks the current context, then the default socket, then Podman', () => {
    expect(sockets({ DOCKER_CONTEXT: 'remote' })).toEqual(['/run/remote.sock', ...fallbacks]);
  });

  it('knows the current context from the configuration of docker', () => {
    writeFileSync(path.join(home, '.docker/config.json'), '{"currentContext":"remote"}');
    expect(sockets({})).toEqual(['/run/remote.sock', ...fallbacks]);
  });

  it.each([{ DOCKER_CONTEXT: 'default' }, { DOCKER_CONTEXT: 'removed' }])(
    'does without a context for %o',
    (env) => {
      expect(sockets(env)).toEqual(fallbacks);
    },
  );

  it("asks a user's own Podman before the system's", () => {
    expect(sockets({ DOCKER_CONTEXT: 'default', XDG_RUNTIME_DIR: '/run/user/1000' })).toEqual([
      '/var/run/docker.sock',
      '/run/user/1000/podman/podman.sock',
      '/run/podman/podman.sock',
    ]);
  });
});
