import { describe, expect } from 'vitest';
import { buildpack, fixture } from './support/paths.ts';
import { HELLO_WEB, STAND_IN, test, type Workplace } from './support/workplace.ts';

interface ShownApp {
  readonly state: string;
  readonly routes: readonly string[];
  readonly usage: Readonly<Record<string, { memoryBytes: number; cpuPercent: number; diskBytes: number }>>;
  readonly processes: readonly {
    readonly type: string;
    readonly instances: readonly {
      readonly state: string;
      readonly instanceGuid: string;
      readonly url?: string;
      readonly container?: { readonly id: string };
      readonly sidecars: readonly { readonly name: string; readonly state: string }[];
    }[];
  }[];
}

async function shown(place: Workplace): Promise<ShownApp> {
  return JSON.parse((await place.succeed(['app', place.app, '--json'])).stdout) as ShownApp;
}

async function withSidecar(place: Workplace): Promise<readonly string[]> {
  const manifest = await place.write(
    'manifest.yml',
    `applications:
- name: ${place.app}
  path: ${fixture('apps/hello-web')}
  buildpacks: [${buildpack('uses-the-procfile')}]
  env: { COLOUR: blue }
  sidecars: [{ name: companion, process_types: [web], command: sleep infinity, memory: 16M }]
`,
  );
  return ['push', ...STAND_IN, '--manifest', manifest, '--detach'];
}

describe('an app in the background', () => {
  test('outlives its push, and every other command works on it', async ({ place }) => {
    const push = await place.succeed(await withSidecar(place));
    const [, url = ''] = /^App \S+ started: (\S+)$/m.exec(push.stderr) ?? [];
    expect(push.stdout).toContain('[CELL/0] OUT Container became healthy');
    expect(await (await fetch(url)).text()).toBe('hello');

    const app = await shown(place);
    const [web] = app.processes[0]?.instances ?? [];
    expect(app).toMatchObject({ state: 'started', processes: [{ type: 'web' }] });
    expect(web).toMatchObject({ state: 'running', url, sidecars: [{ name: 'companion', state: 'running' }] });
    expect(app.usage[web?.container?.id ?? '']?.memoryBytes).toBeGreaterThan(100_000);

    const told = (await place.succeed(['app', place.app])).stdout;
    expect(told).toMatch(/^requested state: +started$/m);
    expect(told).toMatch(/^sidecars: +companion$/m);
    expect(told).toMatch(
      /^#0 +running +\S+Z +\d+s +\d+\.\d% +\S+ of 1G +\S+ of 1G +true +http\S+ +companion:running$/m,
    );

    const env = (await place.succeed(['env', place.app])).stdout;
    expect(env).toContain('COLOUR: blue');
    expect(env).toContain(`"application_name": "${place.app}"`);

    const recent = (await place.succeed(['logs', place.app, '--recent'])).stdout;
    expect(recent).toContain('hello-web listens on port 8080');
    expect((await place.succeed(['ssh', place.app, '-c', 'echo inside'])).stdout).toBe('inside');

    await place.succeed(['stop', place.app]);
    expect(await place.containers()).toEqual([]);
    expect((await place.succeed(['app', place.app])).stdout).toMatch(/^requested state: +stopped$/m);
    expect((await place.run(['stop', place.app])).stderr).toContain('FAILED (APP_NOT_FOUND)');

    const start = await place.succeed(['start', place.app]);
    const [, again = ''] = /^App \S+ started: (\S+)$/m.exec(start.stderr) ?? [];
    expect(await (await fetch(`${again}/env/COLOUR`)).text()).toBe('blue');
    expect((await place.succeed(['start', place.app])).stderr).toContain(
      `App '${place.app}' is already started.`,
    );

    const events = (await place.succeed(['events', place.app])).stdout;
    expect(events.split('\n').map((line) => line.split(/ {3,}/)[1])).toEqual([
      'event',
      'audit.app.start',
      'audit.app.stop',
      'audit.app.start',
      'audit.app.droplet.create',
    ]);
    await place.succeed(['delete', place.app]);
  });

  test('restart replaces all instances in place, for a terminal that follows too', async ({ place }) => {
    const push = await place.pushHelloWeb('-i', '2');
    await push.says('[CELL/1] OUT Container became healthy');
    const before = (await shown(place)).processes[0]?.instances.map(({ instanceGuid }) => instanceGuid) ?? [];
    const restart = await place.succeed(['restart', place.app]);
    expect(restart.stderr).toContain(`App ${place.app} restarted`);
    for (const { instanceGuid } of (await shown(place)).processes[0]?.instances ?? []) {
      expect(before).not.toContain(instanceGuid);
    }
    expect(push.isLive).toBe(true);
    const events = JSON.parse((await place.succeed(['events', place.app, '--json'])).stdout) as object[];
    expect(events).not.toContainEqual(expect.objectContaining({ event: 'app.crash' }));
    await push.end();
  });

  test('restart starts one that does not run', async ({ place }) => {
    await place.succeed(['push', place.app, ...HELLO_WEB, '--no-start']);
    const restart = await place.succeed(['restart', place.app, '--env', 'TURN=second']);
    const [, url = ''] = /^App \S+ started: (\S+)$/m.exec(restart.stderr) ?? [];
    expect(await (await fetch(`${url}/env/TURN`)).text()).toBe('second');
    await place.succeed(['delete', place.app]);
  });

  test('a push that fails tells so and leaves nothing behind', async ({ place }) => {
    const bad = ['--start-command', 'exit 3', '--no-restart', '--detach'];
    const { exitCode, stderr } = await place.run(['push', place.app, ...HELLO_WEB, ...bad]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Start unsuccessful');
    expect(stderr).toMatch(/^FAILED \(APP_CRASHED\)$/m);
    expect(await place.containers()).toEqual([]);
  });

  test.for(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    '%s to the terminal that waits for its start ends it',
    async (signal, { place }) => {
      const push = place.start([
        'push',
        place.app,
        ...['--buildpack', buildpack('waits-in-supply')],
        ...HELLO_WEB,
        '--detach',
      ]);
      await push.says('-----> Waiting for ever');
      await push.end(signal);
      // Nobody waits for a process that lost its terminal: its containers and its network tell.
      await expect.poll(() => place.containers(), { timeout: 20_000 }).toEqual([]);
      await expect.poll(() => place.networks(), { timeout: 20_000 }).toEqual([]);
      await expect.poll(() => place.temporaryFiles(), { timeout: 20_000 }).toEqual([]);
    },
  );
});

test('all apps of a manifest are pushed side by side, and stopped together', async ({ place }) => {
  const app = (name: string) => `- name: ${name}
  path: ${fixture('apps/hello-web')}
  buildpacks: [${buildpack('uses-the-procfile')}]
`;
  const manifest = await place.write(
    'manifest.yml',
    `applications:\n${app(`${place.app}-a`)}${app(`${place.app}-b`)}`,
  );
  const push = place.start(['push', ...STAND_IN, '--manifest', manifest]);
  await push.says(`App ${place.app}-a started`);
  await push.says(`App ${place.app}-b started`);
  await push.says(new RegExp(`^${place.app}-a {3}\\S+ \\[APP/PROC/WEB/0\\] OUT hello-web listens`, 'm'));
  const reach = `exec 3<>/dev/tcp/${place.app}-b.apps.internal/8080; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`;
  expect((await place.succeed(['ssh', `${place.app}-a`, '-c', reach])).stdout).toContain('hello');
  const ended = await push.end();
  expect(ended).toMatchObject({ exitCode: 0 });
  for (const name of ['a', 'b']) expect(ended.stderr).toContain(`App ${place.app}-${name} stopped`);

  const failing = await place.write(
    'failing.yml',
    `applications:\n${app(`${place.app}-a`)}${app(`${place.app}-b`)}  command: exit 4\n`,
  );
  const { exitCode, stderr } = await place.run(['push', ...STAND_IN, '--no-restart', '--manifest', failing]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    `App ${place.app}-b crashed while it was starting: APP/PROC/WEB: Exited with status 4`,
  );
  expect(await place.containers()).toEqual([]);
});
