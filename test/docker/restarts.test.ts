import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { describe, expect } from 'vitest';
import { connectEngine } from '../../src/engine/connect.ts';
import type { Event } from '../../src/logs/event.ts';
import { ask, routerPort } from './support/ask.ts';
import { healthyAfterCrash, loggedCrash } from './support/crash-lines.ts';
import { buildpack, fixture } from './support/paths.ts';
import type { Running } from './support/running.ts';
import { HELLO_WEB, STAND_IN, test, type Workplace } from './support/workplace.ts';

const engine = await connectEngine(process.env);

async function text(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

/** Crashes the app three times in a row; after the third it waits for its restart. */
async function crashIntoBackOff(place: Workplace): Promise<Running> {
  const push = await place.pushHelloWeb();
  const url = await push.url();
  for (const crash of [1, 2, 3]) {
    await fetch(`${url}/exit/7`);
    await loggedCrash(push, crash);
    if (crash < 3) await healthyAfterCrash(push, crash);
  }
  await push.says(
    `Instance 0 of process web of app ${place.app} crashed: APP/PROC/WEB: Exited with status 7; starting it again in 30 s\n`,
  );
  return push;
}

async function onlyContainer(place: Workplace) {
  const all = await place.containers();
  // That of the staging may be on its way out still.
  const [container, ...others] = all.filter(({ labels }) => labels['cfstage.role'] === 'app');
  expect(others).toEqual([]);
  if (container === undefined) throw new Error('No container is left');
  return container;
}

test('an app that exits is started again at once, twice, in a new container at the same address', async ({
  place,
}) => {
  const push = await place.pushHelloWeb();
  const url = await push.url();
  const port = await routerPort(push);
  const guids = [await text(`${url}/env/CF_INSTANCE_GUID`)];
  const containers = [(await onlyContainer(place)).id];
  const facts = JSON.parse(await text(`${url}/env/VCAP_APPLICATION`)) as Record<string, unknown>;

  for (const crash of [1, 2]) {
    await place.succeed(['ssh', place.app, '-c', 'touch /home/vcap/app/trace /tmp/trace']);
    const before = BigInt(Date.now()) * 1_000_000n;
    await fetch(`${url}/exit/7`);
    const { appGuid, payload } = await loggedCrash(push, crash);
    const after = BigInt(Date.now() + 1) * 1_000_000n;
    expect(appGuid).toBe(facts['application_id']);
    expect(payload).toEqual({
      instance: guids.at(-1),
      index: 0n,
      cell_id: 'cfstage',
      reason: 'CRASHED',
      exit_description: 'APP/PROC/WEB: Exited with status 7',
      crash_count: BigInt(crash),
      crash_timestamp: expect.any(BigInt) as bigint,
      version: facts['application_version'],
    });
    expect(payload['crash_timestamp']).toBeGreaterThanOrEqual(before);
    expect(payload['crash_timestamp']).toBeLessThanOrEqual(after);
    expect(push.output.match(/\[API\/0\] OUT Process has crashed with type: "web"\n/g)).toHaveLength(crash);
    await healthyAfterCrash(push, crash);

    expect(await text(url)).toBe('hello');
    await expect
      .poll(() => ask(port, `${place.app}.localhost`))
      .toMatchObject({ status: 200, body: 'hello' });
    guids.push(await text(`${url}/env/CF_INSTANCE_GUID`));
    containers.push((await onlyContainer(place)).id);
    const { stdout } = await place.succeed([
      'ssh',
      place.app,
      '-c',
      'ls -d /home/vcap/app/* /tmp/trace; true',
    ]);
    expect(stdout).toContain('/home/vcap/app/server.pl');
    expect(stdout).not.toContain('trace');
  }
  expect(new Set(guids).size, guids.join()).toBe(3);
  expect(new Set(containers).size, containers.join()).toBe(3);
  const told =
    /^Instance 0 of process web of app \S+ crashed: APP\/PROC\/WEB: Exited with status 7; starting it again$/gm;
  expect(push.output.match(told)).toHaveLength(2);
  expect(await push.end()).toMatchObject({ exitCode: 0 });
});

describe('while an app waits for its restart', () => {
  test('the router answers 503, apps counts no instance, and stop ends it at once', async ({ place }) => {
    const push = await crashIntoBackOff(place);
    const port = await routerPort(push);
    const host = `${place.app}.localhost`;
    await expect
      .poll(() => ask(port, host))
      .toMatchObject({
        status: 503,
        body: `503 Service Unavailable: Requested route ('${host}') has no available endpoints.\n`,
        headers: { 'x-cf-routererror': 'no_endpoints' },
      });
    expect(await place.containers()).toEqual([]);
    const { stdout } = await place.succeed(['apps', '--json']);
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ name: place.app, state: 'started', processes: 'web:0/1' }),
    ]);

    await place.succeed(['stop', place.app]);
    const ended = await push.ended;
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stderr).toMatch(new RegExp(`App ${place.app} stopped\\n$`));
    expect(ended.stdout.match(/successfully created container/g), 'staging and three instances').toHaveLength(
      4,
    );
  });

  test('Ctrl-C ends it at once', async ({ place }) => {
    const push = await crashIntoBackOff(place);
    const ended = await push.end();
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stderr).toMatch(new RegExp(`App ${place.app} stopped\\n$`));
  });
});

describe('without restarts', () => {
  const count = (word: string) => `for i in $(seq 30); do echo ${word} $i; done`;
  const numbers = (word: string, from: number) =>
    Array.from({ length: 31 - from }, (_, i) => `${word} ${from + i}`);
  const lastLines = {
    'APP/PROC/WEB/0': [...numbers('line', 13), 'hello-web listens on port 8080', 'Exit status 7'],
    'APP/PROC/WEB/SIDECAR/COMPANION/0': [...numbers('note', 13), 'noted', 'Exit status 143'],
  };

  async function crash(place: Workplace, ...flags: readonly string[]) {
    const app = {
      name: place.app,
      path: fixture('apps/hello-web'),
      buildpacks: [buildpack('uses-the-procfile')],
      command: `${count('line')}; exec perl server.pl 2>/dev/null`,
      sidecars: [
        {
          name: 'companion',
          process_types: ['web'],
          // All on stdout, as the launcher's line before it: two streams have no order between them.
          command: `${count('note')}; echo noted; exec sleep infinity`,
        },
      ],
    };
    const manifest = await place.write('manifest.yml', JSON.stringify({ applications: [app] }));
    const push = place.start(['push', ...STAND_IN, '--no-restart', '--manifest', manifest, ...flags]);
    const [, url = ''] = await push.says(/(?:started: |"url":")(http:[^"\s]+)/);
    await push.says(/OUT noted|"OUT","message":"noted"/);
    await fetch(`${url}/exit/7`);
    return await push.ended;
  }

  test('the first crash is the end, told with the last 20 lines of each source', async ({ place }) => {
    const { exitCode, stderr } = await crash(place);
    expect(exitCode).toBe(1);
    const head = 'Ended first: [APP/PROC/WEB/0] with status 7 (APP/PROC/WEB: Exited with status 7)';
    expect(stderr).toContain(`\n${head}\n`);
    const [, blocks = ''] = stderr.split(`${head}\n`);
    const lines = Object.entries(lastLines).flatMap(([source, own]) => [
      `Last lines of [${source}]:`,
      ...own,
    ]);
    expect(blocks.split('\n').map((line) => line.trim())).toEqual(expect.arrayContaining(lines));
    expect(blocks).not.toMatch(/(?:line|note) 12$/m);
    expect(stderr).toMatch(/^FAILED \(APP_CRASHED\)$/m);
    expect(stderr).toContain(`App ${place.app} crashed: APP/PROC/WEB: Exited with status 7\n`);
    expect(stderr).toContain('; not starting it again\n');
  });

  test('and as an event', async ({ place }) => {
    const { exitCode, stdout } = await crash(place, '--json');
    expect(exitCode).toBe(1);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    const summary = events.find((event) => event.type === 'crash-summary');
    expect(summary).toMatchObject({
      app: place.app,
      source: 'APP/PROC/WEB/0',
      reason: 'APP/PROC/WEB: Exited with status 7',
      exitCode: 7,
    });
    const bySource = Object.fromEntries(
      (summary?.lastLines ?? []).map(({ source, lines }) => [source, lines]),
    );
    expect(bySource).toMatchObject({ 'APP/PROC/WEB/0': lastLines['APP/PROC/WEB/0'] });
    expect(bySource['APP/PROC/WEB/SIDECAR/COMPANION/0']).toHaveLength(20);
    expect(bySource).not.toHaveProperty('STG/0');
    expect(events.find(({ type }) => type === 'instance-crashed')).toMatchObject({
      restartsIn: null,
      crashCount: 1,
    });
    expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'APP_CRASHED', exitCode: 1 });
  });
});

test('a start that fails three times is unsuccessful', async ({ place }) => {
  const ended = await place.run(['push', place.app, ...HELLO_WEB, '--start-command', 'echo no; exit 3']);
  expect(ended).toMatchObject({ exitCode: 1 });
  expect(ended.stderr).toMatch(/^Start unsuccessful$/m);
  expect(ended.stderr).toMatch(/^FAILED \(APP_CRASHED\)$/m);
  expect(ended.stdout.match(/\[APP\/PROC\/WEB\/0\] OUT no$/gm)).toHaveLength(3);
  const counts = [...ended.stdout.matchAll(/"crash_count"=>(\d+)/g)].map(([, n]) => n);
  expect(counts).toEqual(['1', '2', '3']);
  expect(ended.stderr).not.toContain('App started');
});

test('a start that fails once and then succeeds ends well', async ({ place }) => {
  const memory = `${place.app}-memory`;
  const other = place.start([
    ...['push', memory, ...STAND_IN, '--manifest', fixture('apps/moody-web')],
    ...['--buildpack', buildpack('uses-the-procfile')],
  ]);
  await fetch(`${await other.url()}/set/before/404`);
  const at = `http://${memory}.apps.internal:8080`;
  const command = `curl -sf ${at}/before || { curl -s ${at}/set/before/200; exit 9; }; exec perl server.pl`;
  const push = await place.pushHelloWeb('--start-command', command);
  expect(await text(await push.url())).toBe('hello');
  expect(push.output.match(/Exited with status 9; starting it again$/gm)).toHaveLength(1);
  expect(push.output).not.toContain('Start unsuccessful');
  const { stdout } = await place.succeed(['apps', '--json']);
  expect(JSON.parse(stdout)).toContainEqual(
    expect.objectContaining({ name: place.app, state: 'started', processes: 'web:1/1' }),
  );
  await Promise.all([push.end(), other.end()]);
});

test.for([
  { how: 'removed', end: (id: string) => engine.container(id, 'the app').remove() },
  { how: 'stopped', end: (id: string) => engine.container(id, 'the app').stop(10) },
  { how: 'killed', end: (id: string) => new Docker().getContainer(id).kill() },
])('a container that somebody else has $how is told in one line and replaced', async ({ end }, { place }) => {
  const push = await place.pushHelloWeb();
  const url = await push.url();
  const { id } = await onlyContainer(place);
  await end(id);
  await healthyAfterCrash(push, 1);
  const told = `Instance 0 of process web of app ${place.app} crashed: The container was stopped or removed from outside cfstage; starting it again\n`;
  await push.says(told);
  expect(await text(url)).toBe('hello');
  expect((await onlyContainer(place)).id).not.toBe(id);
  const { stdout } = await place.succeed(['apps', '--json']);
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({ name: place.app, state: 'started', processes: 'web:1/1', url }),
  ]);
  const { exitCode, stderr } = await push.end();
  expect(exitCode).toBe(0);
  const afterStart = stderr
    .slice(stderr.indexOf(`App ${place.app} started`))
    .split('\n')
    .slice(1);
  expect(afterStart).toEqual([told.trimEnd(), `App ${place.app} stopped`, '']);
});

test('a crash starts the droplet again that the app began with, not one that was staged meanwhile', async ({
  place,
}) => {
  const app = join(place.root, 'app');
  await cp(fixture('apps/hello-web'), app, { recursive: true });
  await place.write('app/.profile', 'echo from the first droplet');
  const flags = [...STAND_IN, '--path', app, '--buildpack', buildpack('uses-the-procfile')];
  const push = place.start(['push', place.app, ...flags]);
  const url = await push.url();
  await place.write('app/.profile', 'echo from the second droplet');
  await place.succeed(['stage', place.app, ...flags]);
  await fetch(`${url}/exit/1`);
  await healthyAfterCrash(push, 1);
  const { stdout } = await push.end();
  expect(stdout.match(/from the first droplet/g)).toHaveLength(2);
  expect(stdout).not.toContain('from the second droplet');

  const run = place.start(['run', place.app, '--stack-policy', 'stand-in']);
  await run.says('from the second droplet');
  await run.url();
  await run.end();
});

test('an instance that fails its liveness check is replaced', async ({ place }) => {
  const push = place.start([
    ...['push', place.app, ...STAND_IN, '--manifest', fixture('apps/moody-web')],
    ...['--buildpack', buildpack('uses-the-procfile')],
  ]);
  const url = await push.url();
  await fetch(`${url}/set/live/500`);
  const { payload } = await loggedCrash(push, 1);
  expect(payload['exit_description']).toMatch(
    /^Instance became unhealthy: Liveness check unsuccessful: failed to make HTTP request to '\/live' on port 8080: received status code 500 in \d+ms$/,
  );
  await healthyAfterCrash(push, 1);
  expect((await fetch(`${url}/live`)).status).toBe(200);
  expect(await push.end()).toMatchObject({ exitCode: 0 });
});
