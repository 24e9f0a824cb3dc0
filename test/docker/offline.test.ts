import { describe, expect } from 'vitest';
import { WebSocket } from 'ws';
import { writeSupplyBuildpack } from './support/dumped-environment.ts';
import { openOutside } from './support/outside.ts';
import { buildpack, fixture } from './support/paths.ts';
import type { Running } from './support/running.ts';
import { HELLO_WEB, STAND_IN, test } from './support/workplace.ts';

async function exchange(url: string, text: string): Promise<string> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  return await new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(text));
    socket.on('error', reject);
    socket.on('message', (data) => {
      resolve((data as Buffer).toString());
      socket.close();
    });
  });
}

async function route(push: Running): Promise<string> {
  const [, url = ''] = await push.says(/^routes:\s+(http:\S+)/m);
  return url.replace(/\/\/[^:]+/, '//localhost');
}

const WEBSOCKETS = [
  ...[...STAND_IN, '--path', fixture('apps/echoes-websockets')],
  ...['--buildpack', buildpack('uses-the-procfile')],
];

describe('--offline', () => {
  test('cuts staging and app off from the outside, at once, and from nothing else', async ({ place }) => {
    await using outside = await openOutside();
    const tries = [
      `curl -sS -m 20 ${outside.url}/address 2>&1`,
      `curl -sS -m 20 http://outside.test:${outside.port}/name 2>&1`,
      // The engine's host, as the gateway of the network.
      'curl -sS -m 20 http://$(hostname -i | sed "s/[.][0-9]*$/.1/"):22 2>&1 | sed "s/[0-9.]* port/GATEWAY port/"',
    ];
    const script = `set +e; start=$SECONDS; ${tries.join('; echo; ')}; echo "took $((SECONDS - start)) s"`;
    const supply = ['--buildpack', await writeSupplyBuildpack(place, script)];

    const online = place.start(['push', `${place.app}-online`, ...supply, ...HELLO_WEB]);
    await online.url();
    expect(online.output).toContain('OUT from the outside');
    expect(outside.requests).toEqual(['GET /address']);

    const push = place.start(['push', place.app, ...supply, ...HELLO_WEB, '--offline']);
    const url = await push.url();
    const refused = `curl: (7) Failed to connect to ${outside.address} port ${outside.port}`;
    expect(push.output).toContain(`OUT ${refused}`);
    expect(push.output).toContain('OUT curl: (6) Could not resolve host: outside.test');
    expect(push.output).toContain('OUT curl: (7) Failed to connect to GATEWAY port 22');
    const [, seconds = ''] = await push.says(/OUT took (\d+) s/);
    expect(Number(seconds)).toBeLessThan(15);

    // From the app as well, past its launcher; and between the two apps, in both directions.
    const inside = (app: string, command: string) =>
      place.run(['ssh', app, '-c', `curl -sS -m 20 ${command}`]);
    expect((await inside(place.app, outside.url)).stderr).toContain(refused);
    expect(await inside(place.app, `http://${place.app}-online.apps.internal:8080`)).toMatchObject({
      stdout: 'hello',
    });
    expect(await inside(`${place.app}-online`, `http://${place.app}.apps.internal:8080`)).toMatchObject({
      stdout: 'hello',
    });
    expect(outside.requests).toEqual(['GET /address']);
    expect(await (await fetch(url)).text()).toBe('hello');

    expect(await online.end()).toMatchObject({ exitCode: 0 });
    expect(await push.end()).toMatchObject({ exitCode: 0 });
  });

  test('leaves the app to be reached: directly, by the router, by WebSockets, and after a crash', async ({
    place,
  }) => {
    const push = place.start(['push', place.app, ...WEBSOCKETS, '--offline']);
    const url = await push.url();
    const routed = await route(push);
    const headers = { host: `${place.app}.localhost` };
    expect(await (await fetch(url)).text()).toBe('hello');
    expect(await exchange(url, 'direct')).toBe('direct');

    const many = Array.from({ length: 100 }, (_, i) => fetch(`${url}/bytes/${i * 1000}`));
    const sizes = await Promise.all(many.map(async (one) => (await (await one).arrayBuffer()).byteLength));
    expect(sizes).toEqual(Array.from({ length: 100 }, (_, i) => i * 1000));
    const [download, upload] = await Promise.all([
      fetch(`${url}/bytes/20000000`).then(async (answer) => (await answer.arrayBuffer()).byteLength),
      fetch(url, { method: 'POST', body: 'y'.repeat(5_000_000) }).then((answer) => answer.text()),
    ]);
    expect([download, upload]).toEqual([20_000_000, '5000000']);

    const through = new WebSocket(routed.replace(/^http/, 'ws'), { headers });
    const echoed = new Promise((resolve, reject) => {
      through.on('error', reject).on('message', (data) => resolve((data as Buffer).toString()));
      through.on('open', () => through.send('routed'));
    });
    expect(await echoed).toBe('routed');
    through.terminate();

    await fetch(`${url}/die`).catch(() => undefined);
    await push.says(/Container became healthy[^]*Container became healthy/);
    expect(await (await fetch(url)).text()).toBe('hello');
    expect(await push.end()).toMatchObject({ exitCode: 0 });
  });

  test('leaves tunnels of ssh to the app and to what the app reaches, and to nothing else', async ({
    place,
  }) => {
    await using outside = await openOutside();
    const other = place.start(['push', `${place.app}-other`, ...HELLO_WEB]);
    const push = place.start(['push', place.app, ...WEBSOCKETS, '--offline']);
    await Promise.all([other.url(), push.url()]);
    const targets = [
      'localhost:8080',
      `${place.app}-other.apps.internal:8080`,
      `${outside.address}:${outside.port}`,
    ];
    const ssh = place.start(['ssh', place.app, '-N', ...targets.flatMap((target) => ['-L', `0:${target}`])]);
    const [own, others, outer] = await Promise.all(
      targets.map(async (target) => {
        const [, port] = await ssh.says(new RegExp(`^Forwarding 127.0.0.1:(\\d+) to ${target}$`, 'm'));
        return `http://127.0.0.1:${port}`;
      }),
    );
    const bytes = await fetch(`${own}/bytes/20000000`).then((answer) => answer.arrayBuffer());
    expect(bytes.byteLength).toBe(20_000_000);
    expect(await exchange(`${own}`, 'through the tunnel')).toBe('through the tunnel');
    expect(await (await fetch(`${others}`)).text()).toBe('hello');
    await expect(fetch(`${outer}`)).rejects.toThrow('fetch failed');
    expect(await (await fetch(`${own}`)).text()).toBe('hello');
    expect(outside.requests).toEqual([]);
    await ssh.end();
    expect(await push.end()).toMatchObject({ exitCode: 0 });
    expect(await other.end()).toMatchObject({ exitCode: 0 });
  });

  test('leaves nothing after kill -9 and clean, and tasks are cut off as well', async ({ place }) => {
    await using outside = await openOutside();
    const push = await place.pushHelloWeb('--offline');
    const ask = `curl -sS -m 20 ${outside.url}`;
    const task = await place.run(['run-task', place.app, '--offline', '--command', ask]);
    expect(task).toMatchObject({ exitCode: 7 });
    expect(task.stdout).toContain('ERR curl: (7)');
    await place.succeed(['run-task', place.app, '--command', ask]);

    await push.end('SIGKILL');
    expect((await place.containers()).map(({ labels }) => labels['cfstage.role']).sort()).toEqual([
      'app',
      'helper',
      'helper',
    ]);
    expect(await place.networks()).toHaveLength(2);
    await place.succeed(['clean']);
  });
});
