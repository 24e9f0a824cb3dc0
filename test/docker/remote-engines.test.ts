import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { describe, expect } from 'vitest';
import { ask, routerPort } from './support/ask.ts';
import { writeDockerContext } from './support/docker-context.ts';
import { openTcpProxy } from './support/engine-proxy.ts';
import { freePort } from './support/free-port.ts';
import { SshHost } from './support/ssh-host.ts';
import { makeTlsFiles } from './support/tls-files.ts';
import { HELLO_WEB, test, type Workplace } from './support/workplace.ts';
import { buildpack } from './support/paths.ts';

type Env = Readonly<Record<string, string>>;

/** Nothing of the machine's own settings. */
const NEUTRAL: Env = { DOCKER_HOST: '', DOCKER_CONTEXT: '', DOCKER_TLS_VERIFY: '', DOCKER_CERT_PATH: '' };

/** Pushes, asks the app at its own port and its route, runs a command in it, forwards a port to it, stops it. */
async function lives(place: Workplace, env: Env, host = '127.0.0.1'): Promise<void> {
  const push = place.start(['push', place.app, ...HELLO_WEB], { env });
  const direct = await push.url();
  expect(new URL(direct).hostname).toBe(host);
  expect(await (await fetch(direct)).text()).toBe('hello');
  const routed = await ask(await routerPort(push), `${place.app}.localhost`);
  expect(routed).toMatchObject({ status: 200, body: 'hello' });

  const said = await place.succeed(['ssh', place.app, '-c', 'echo $USER; cat'], {
    env,
    stdin: 'pipe',
    input: 'typed',
  });
  expect(said.stdout).toBe('vcap\ntyped');
  const forward = place.start(['ssh', place.app, '-N', '-L', '0:localhost:8080'], { env });
  const [, port = ''] = await forward.says(/^Forwarding 127.0.0.1:(\d+) to localhost:8080$/m);
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('hello');
  await forward.end();

  await place.succeed(['stop', place.app], { env });
  const { exitCode, stderr } = await push.ended;
  expect(exitCode).toBe(0);
  expect(stderr).not.toContain('MaxListenersExceededWarning');
  expect(await place.containers()).toEqual([]);
}

/** The engine cannot be reached; answers what is said of it. */
async function unreachable(place: Workplace, env: Env): Promise<string> {
  const { exitCode, stderr } = await place.run(['push', place.app, ...HELLO_WEB], { env });
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('FAILED (DOCKER_UNREACHABLE)') as string,
  });
  expect(stderr).not.toMatch(/^ +at /m);
  return stderr;
}

describe('an engine behind TCP', () => {
  test('runs an app, whose port is on the engine’s host', async ({ place }) => {
    const host = ownAddress();
    await using proxy = await openTcpProxy(host);
    await lives(place, { ...NEUTRAL, DOCKER_HOST: proxy.address }, host);
  });

  test('and TLS runs an app, by the certificates of a docker context', async ({ place }) => {
    const { server, client } = await makeTlsFiles(place, 'tls');
    await using proxy = await openTcpProxy('127.0.0.1', server);
    const context = { name: 'far away', address: proxy.address, tls: client };
    await lives(place, { ...NEUTRAL, DOCKER_CONFIG: await writeDockerContext(place, context) });
  });

  test('and TLS is known by its certificate, and knows its client by his', async ({ place }) => {
    const { server, client } = await makeTlsFiles(place, 'tls');
    const other = await makeTlsFiles(place, 'other');
    await using proxy = await openTcpProxy('127.0.0.1', server);
    const env = { ...NEUTRAL, DOCKER_HOST: proxy.address, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: client };
    expect((await place.succeed(['apps'], { env })).exitCode).toBe(0);
    expect(await unreachable(place, { ...env, DOCKER_CERT_PATH: other.client })).toContain('certificate');
    const anonymous = dirname(await place.write('anonymous/ca.pem', String(server.ca)));
    expect(await unreachable(place, { ...env, DOCKER_CERT_PATH: anonymous })).toMatch(/certificate required/);
  });

  test('that nobody listens on is told with its context', async ({ place }) => {
    const context = { name: 'gone', address: `tcp://127.0.0.1:${await freePort()}` };
    const DOCKER_CONFIG = await writeDockerContext(place, context);
    const said = await unreachable(place, { ...NEUTRAL, DOCKER_CONFIG });
    expect(said).toContain(`${context.address} (docker context gone)`);
    expect(said).toContain('point DOCKER_HOST at an engine. `cfstage doctor` checks it.');
    const missing = await unreachable(place, { ...NEUTRAL, DOCKER_CONFIG, DOCKER_CONTEXT: 'never made' });
    expect(missing).toContain('The docker context "never made" does not exist');
    expect(missing).toContain('docker context use NAME');
  });
});

describe('an engine behind ssh', () => {
  test('runs an app, and no ssh process is left', async ({ place }) => {
    await using host = await SshHost.open(place);
    await lives(place, { ...NEUTRAL, ...host.env });
    expect(host.commands).toEqual(new Set(['docker system dial-stdio']));
    await gone(host);
  });

  test('is found by a docker context, at a socket of its own', async ({ place }) => {
    await using host = await SshHost.open(place);
    const context = { name: 'behind', address: 'ssh://engine/run/other.sock' };
    const DOCKER_CONFIG = await writeDockerContext(place, context);
    await place.succeed(['apps'], { env: { ...NEUTRAL, ...host.env, DOCKER_HOST: '', DOCKER_CONFIG } });
    expect(host.commands).toEqual(new Set(['docker --host unix:///run/other.sock system dial-stdio']));
    await gone(host);
  });

  test.for(['SIGINT', 'SIGHUP'] as const)(
    '%s in the middle of staging leaves no container and no ssh process',
    async (signal, { place }) => {
      await using host = await SshHost.open(place);
      const push = await waiting(place, { ...NEUTRAL, ...host.env });
      const { exitCode } = await push.end(signal);
      expect(exitCode).toBe({ SIGINT: 130, SIGHUP: 129 }[signal]);
      expect(await place.containers()).toEqual([]);
      await gone(host);
    },
  );

  test('what kill -9 leaves is removed by clean, and with it the last ssh processes', async ({ place }) => {
    await using host = await SshHost.open(place);
    const env = { ...NEUTRAL, ...host.env };
    await (await waiting(place, env)).end('SIGKILL');
    await place.succeed(['clean'], { env });
    expect(await place.containers()).toEqual([]);
    await gone(host);
  });

  test('that is cut off while an app runs is ENGINE_LOST', async ({ place }) => {
    const host = await SshHost.open(place);
    const push = place.start(['push', place.app, ...HELLO_WEB], { env: { ...NEUTRAL, ...host.env } });
    await push.url();
    await host.cut();
    const { exitCode, stderr } = await push.ended;
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('FAILED (ENGINE_LOST)') as string,
    });
    expect(await host.processes()).toEqual([]);
    await place.succeed(['clean']);
  });

  test('is told from a host that does not let one in', async ({ place }) => {
    await using host = await SshHost.open(place);
    const env = { ...NEUTRAL, ...host.env };
    const stranger = await unreachable(place, { ...env, DOCKER_HOST: 'ssh://stranger' });
    expect(stranger).toContain('Permission denied (publickey)');
    expect(stranger).toContain('Run `ssh stranger docker version` in a terminal');
    const unknown = await unreachable(place, { ...env, DOCKER_HOST: 'ssh://unknown' });
    expect(unknown).toContain('Host key verification failed');
    const port = await freePort();
    const refused = await unreachable(place, { ...env, DOCKER_HOST: `ssh://engine:${port}` });
    expect(refused).toContain('Connection refused');
    expect(refused).toContain(`Run \`ssh -p ${port} engine docker version\` in a terminal`);
    await gone(host);
  });

  test.for([
    { docker: 'absent', words: 'docker: command not found' },
    { docker: 'without engine', words: 'Cannot connect to the Docker daemon' },
  ] as const)('is told from a host where docker is $docker', async ({ docker, words }, { place }) => {
    await using host = await SshHost.open(place, docker);
    expect(await unreachable(place, { ...NEUTRAL, ...host.env })).toContain(words);
    await gone(host);
  });
});

/** A push that is in the middle of a script. */
async function waiting(place: Workplace, env: Env) {
  const args = ['push', place.app, '--buildpack', buildpack('waits-in-supply'), ...HELLO_WEB];
  const push = place.start(args, { env });
  await push.says('-----> Waiting for ever');
  return push;
}

/** Nobody is logged in any more, and no ssh of ours is left. */
async function gone(host: SshHost): Promise<void> {
  await expect.poll(() => host.connections, { timeout: 10_000 }).toBe(0);
  await expect.poll(() => host.processes(), { timeout: 10_000 }).toEqual([]);
}

/** An address of this machine that is not a loopback one, as that of another host would be. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined) throw new Error('this machine has no address but loopback');
  return found.address;
}
