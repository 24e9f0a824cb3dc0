import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../../src/engine/run-to-end.ts';
import type { Running } from './support/running.ts';
import { fakeInstance, inContainer, pushTcpHabits, sessionProcesses, SOON } from './support/ssh-places.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

let place: Workplace;
let push: Running;

beforeAll(async () => {
  place = await openWorkplace();
  push = await pushTcpHabits(place);
});

afterAll(async () => {
  await push.end();
  await place.close();
});

/** Forwards a free local port to each of these, which stand for `localhost:PORT` when they are numbers. */
async function forward(...targets: readonly (number | string)[]): Promise<{ ssh: Running; ports: number[] }> {
  const names = targets.map((target) => (typeof target === 'number' ? `localhost:${target}` : target));
  const ssh = place.start(['ssh', place.app, '-N', ...names.flatMap((name) => ['-L', `0:${name}`])]);
  const ports = await Promise.all(
    names.map(async (name) =>
      Number((await ssh.says(new RegExp(`^Forwarding 127.0.0.1:(\\d+) to ${name}$`, 'm')))[1]),
    ),
  );
  return { ssh, ports };
}

/** A client that does not close by itself when the other end does. */
function dial(port = 0): Socket {
  return connect({ host: '127.0.0.1', port, allowHalfOpen: true });
}

async function connectionsOfSession(): Promise<readonly string[]> {
  return (await sessionProcesses(place)).filter((line) => !line.endsWith('sshd keep'));
}

async function bytesWrittenByTheApp(): Promise<string> {
  return await inContainer(place, 'for pid in $(pgrep -x perl); do grep wchar "/proc/$pid/io"; done');
}

describe('ports that lead to habits', () => {
  let ssh: Running;
  let web: number;
  let echo: number;
  let counter: number;
  let talker: number;
  let mute: number;
  let goodbye: number;
  let nobody: number;
  let nowhere: number;

  beforeAll(async () => {
    const targets = [8080, 7001, 7002, 7003, 7004, 7005, 9, 'nowhere.invalid:80'];
    const forwarded = await forward(...targets);
    ssh = forwarded.ssh;
    [web = 0, echo = 0, counter = 0, talker = 0, mute = 0, goodbye = 0, nobody = 0, nowhere = 0] =
      forwarded.ports;
  });

  afterAll(() => ssh.end('SIGKILL'));

  it('carries HTTP', async () => {
    const response = await fetch(`http://127.0.0.1:${web}/`);
    expect([response.status, await response.text()]).toEqual([200, 'hello']);
  });

  it('carries 5 MB of all bytes there and back', async () => {
    const sent = randomBytes(5 * 1024 ** 2);
    const client = dial(echo);
    client.end(sent);
    expect(digest(await buffer(client))).toBe(digest(sent));
  });

  it('carries 20 connections at once', async () => {
    const bodies = Array.from({ length: 20 }, () => randomBytes(100_000));
    const clients = bodies.map(() => dial(echo));
    await Promise.all(clients.map((client) => once(client, 'connect')));
    // All of them are open before any of them is through.
    const halves = clients.map((client, i) => {
      client.write(bodies[i]?.subarray(0, 50_000) ?? '');
      return once(client, 'readable');
    });
    await Promise.all(halves);
    const received = await Promise.all(
      clients.map((client, i) => {
        client.end(bodies[i]?.subarray(50_000) ?? '');
        return buffer(client);
      }),
    );
    expect(received.map(digest)).toEqual(bodies.map(digest));
  });

  it('carries the end of what a client says, and the answer to that', async () => {
    const client = dial(counter);
    client.end(Buffer.alloc(300_000));
    expect(await text(client)).toBe('300000');
  });

  it('carries the end of what the app says', async () => {
    const client = dial(goodbye);
    let said = '';
    client.setEncoding('utf8').on('data', (more: string) => (said += more));
    await once(client, 'end');
    expect(said).toBe('goodbye');
    client.end();
    await once(client, 'close');
  });

  it('holds the app back while a client does not read', async () => {
    const client = dial(talker);
    await once(client, 'readable');
    let before = '';
    const isHeldBack = async () => before === (before = await bytesWrittenByTheApp());
    await expect.poll(isHeldBack, { ...SOON, interval: 300 }).toBe(true);
    client.destroy();
    await expect.poll(connectionsOfSession, SOON).toEqual([]);
  });

  it.each([
    ['reset', (client: Socket) => client.resetAndDestroy()],
    ['closed', (client: Socket) => client.destroy()],
  ] as const)('leaves nothing in the container of a connection that is %s here', async (_, leave) => {
    const clients = [talker, echo, web].map(dial);
    await Promise.all(clients.map((client) => once(client, 'connect')));
    await expect
      .poll(async () => (await connectionsOfSession()).some((line) => line.includes('forward')), SOON)
      .toBe(true);
    for (const client of clients) leave(client);
    await expect.poll(connectionsOfSession, SOON).toEqual([]);
  });

  it('leaves nothing of a reset connection to an app that does not care', async () => {
    const client = dial(mute);
    client.write('anybody?');
    await expect.poll(async () => (await connectionsOfSession()).length, SOON).toBeGreaterThan(2);
    client.resetAndDestroy();
    await expect.poll(connectionsOfSession, SOON).toEqual([]);
  });

  it.each([
    ['nobody listens', () => nobody, 'connect to localhost:9 failed: Connection refused'],
    [
      'nothing is known of',
      () => nowhere,
      /connect to nowhere\.invalid:80 failed: .*Name or service not known/,
    ],
  ] as const)('closes a connection to where %s, and says so', async (_, port, message) => {
    const client = connect({ host: '127.0.0.1', port: port() });
    client.on('error', () => undefined);
    client.write('anybody?');
    await new Promise<void>((resolve) => client.resume().once('close', resolve));
    await ssh.says(message);
    expect(await connectionsOfSession()).toEqual([]);
  });
});

it('is quiet when Ctrl-C ends it, as that is how it ends', async () => {
  const { ssh } = await forward(8080);
  const { exitCode, stdout, stderr } = await ssh.end('SIGINT');
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  expect(stderr).toMatch(/^Forwarding .*\n$/);
  await expect.poll(() => sessionProcesses(place), SOON).toEqual([]);
});

it('reaches other addresses; in a stack without perl the end of the input closes both ways', async () => {
  await using other = await fakeInstance(place, { process: 'web', index: 1 }, true);
  const root = { env: {}, user: 'root', workingDir: '/' };
  const signal = AbortSignal.timeout(60_000);
  await runToEnd(other, { ...root, argv: ['bash', '-c', 'rm "$(command -v perl)"'] }, signal);
  const host = (await inContainer(place, 'hostname -i')).trim();
  const ssh = place.start(['ssh', place.app, '-i', '1', '-N', '-L', `0:${host}:7001`]);
  const [, port = ''] = await ssh.says(/^Forwarding 127.0.0.1:(\d+) /m);
  const client = dial(Number(port));
  client.write('hello');
  const [echoed] = (await once(client, 'data')) as [Buffer];
  expect(echoed.toString()).toBe('hello');
  client.end();
  await once(client.resume(), 'close');
  const processes = async () =>
    (await runToEnd(other, { ...root, argv: ['ps', '-eo', 'args='] }, signal)).stdout.toString();
  await expect.poll(processes, SOON).not.toMatch(/sshd forward|cat/);
  await ssh.end();
});

it.each(['SIGINT', 'SIGKILL'] as const)('%s closes all connections, here and there', async (signal) => {
  const { ssh, ports } = await forward(7001, 7003, 7004);
  const clients = ports.map(dial);
  const closed = clients.map((client) => {
    client.on('error', () => undefined);
    client.write('x');
    return new Promise<void>((resolve) => client.resume().once('end', resolve).once('close', resolve));
  });
  await expect
    .poll(async () => (await connectionsOfSession()).filter((line) => line.includes('cat')).length, SOON)
    .toBe(6);
  await ssh.end(signal);
  await Promise.all(closed);
  for (const client of clients) client.destroy();
  await expect.poll(() => sessionProcesses(place), SOON).toEqual([]);
});

it('forwards for as long as a command runs', async () => {
  const ssh = place.start(['ssh', place.app, '-L', '0:localhost:8080', '-c', 'read -r; exit 3'], {
    stdin: 'pipe',
  });
  const [, port = ''] = await ssh.says(/^Forwarding 127.0.0.1:(\d+) /m);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(await response.text()).toBe('hello');
  ssh.type('\n');
  expect(await ssh.ended).toMatchObject({ exitCode: 3 });
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});

it('listens where it is told', async () => {
  const ssh = place.start([
    'ssh',
    place.app,
    '-N',
    '-L',
    '127.0.0.2:0:127.0.0.1:8080',
    '-L',
    'localhost:0:localhost:8080',
  ]);
  const [, port = ''] = await ssh.says(/^Forwarding 127\.0\.0\.2:(\d+) to 127\.0\.0\.1:8080$/m);
  expect(await (await fetch(`http://127.0.0.2:${port}/`)).text()).toBe('hello');
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  expect(await ssh.end('SIGTERM')).toMatchObject({ exitCode: 143 });
});

it('a port that is taken is PORT_IN_USE, and the free one beside it is closed again', async () => {
  await using server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const flags = ['-L', `${port}:localhost:8080`, '-L', '0:localhost:8080'];
  const { exitCode, stderr } = await place.run(['ssh', place.app, '-N', ...flags]);
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    `The port ${port} of 127.0.0.1 is already in use\nChoose another port.\nFAILED (PORT_IN_USE)`,
  );
  expect(await sessionProcesses(place)).toEqual([]);
});

it('an address of another machine is USAGE', async () => {
  const { exitCode, stderr } = await place.run(['ssh', place.app, '-N', '-L', '192.0.2.1:0:localhost:8080']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Cannot listen on 192.0.2.1:0 (EADDRNOTAVAIL)');
});

it("a specification that is none is refused in cf's words", async () => {
  const { exitCode, stderr } = await place.run(['ssh', place.app, '-L', 'a:localhost:8080']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("Incorrect Usage: Bad local forwarding specification 'a:localhost:8080'");
});

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
