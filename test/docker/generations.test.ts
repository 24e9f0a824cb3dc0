import { expect } from 'vitest';
import { appFacts } from '../../src/app/identity.ts';
import { dropletSurroundings } from '../../src/app/droplet-surroundings.ts';
import { holdCurrentDroplet } from '../../src/app/held-droplet.ts';
import { dropletMissing } from '../../src/app/droplet-store.ts';
import { pushRequest, type PushRequest } from '../../src/app/request.ts';
import { stageApp } from '../../src/app/stage-app.ts';
import { WatchedApp, type ComingDroplet } from '../../src/app/watched-app.ts';
import { openWorkbench } from '../../src/app/workbench.ts';
import { defaultProcess, type AppManifest, type ProcessManifest } from '../../src/manifest/manifest.ts';
import { emitTo } from '../../src/logs/emitter.ts';
import { MemorySink } from '../../src/logs/memory-sink.ts';
import { freePort } from './support/free-port.ts';
import { buildpack, fixture } from './support/paths.ts';
import { ask, SteadyRequests } from './support/steady-requests.ts';
import { test, type Workplace } from './support/workplace.ts';

/** A staged hello-web of which generations can be deployed with other settings. */
async function stagedApp(place: Workplace, given: Partial<PushRequest> = {}) {
  const memory = new MemorySink();
  const workbench = await openWorkbench(process.env, place.home, emitTo([memory]));
  const { signal } = new AbortController();
  const request = pushRequest({
    cwd: place.root,
    appName: place.app,
    path: fixture('apps/hello-web'),
    stackPolicy: 'stand-in',
    overrides: { buildpacks: [buildpack('uses-the-procfile')] },
    ...given,
  });
  await stageApp(request, workbench, signal);
  const held = await holdCurrentDroplet(workbench.home, place.app, dropletMissing(place.app));
  const facts = held.stored;
  const droplet: ComingDroplet = {
    ready: Promise.resolve(held),
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
  const settings = async (edited: Partial<AppManifest>) => {
    const edit = { ...facts.app, ...edited };
    const around = await dropletSurroundings(
      { app: edit, stack: facts.stack, servicesFile: undefined },
      'app',
      request,
      workbench,
      signal,
    );
    return { ...request, ...around, app: edit, facts: appFacts(edit, request.domain) };
  };
  const app = await WatchedApp.open(await settings({}), request, workbench);
  await app.openRoutes();
  const deploy = async (edited: Partial<AppManifest>) =>
    await app.deploy({ settings: await settings(edited), facts, droplet }, 0, signal);
  const change = async (edited: Partial<AppManifest>) => await app.change(await settings(edited), 0, signal);
  return { app, deploy, change, memory };
}

/** For machines that are busy. */
const PATIENT = { timeout: 30_000 };
const web: ProcessManifest = defaultProcess('web');

function containerIds(app: WatchedApp): readonly string[] {
  return app
    .status()
    .processes.flatMap(({ instances }) => instances.map(({ container }) => container?.id ?? ''));
}

test('a new generation takes the routes and the port of the old one, and no request fails', async ({
  place,
}) => {
  const port = await freePort();
  const { app, deploy } = await stagedApp(place, { port });
  await using _app = app;
  await deploy({ env: { WHO: 'first' } });
  const [route = ''] = app.status().routes;
  const [before] = containerIds(app);
  const requests = new SteadyRequests(route, '/env/WHO');
  await expect.poll(() => requests.answers.length, PATIENT).toBeGreaterThan(5);
  const startMs = await deploy({ env: { WHO: 'second' } });
  const known = requests.answers.length;
  await expect.poll(() => requests.answers.length, PATIENT).toBeGreaterThan(known + 5);
  // The old instance ends only now.
  await expect
    .poll(async () => (await place.containers()).map(({ id }) => id), PATIENT)
    .toEqual(containerIds(app));
  await requests.end();
  expect(requests.distinct).toEqual(['first', 'second']);
  expect(containerIds(app)).not.toContain(before);
  expect(startMs).toBeGreaterThan(0);
  expect(app.status().processes[0]?.instances[0]?.url).toBe(`http://127.0.0.1:${port}`);
  expect(await (await fetch(`http://127.0.0.1:${port}/env/WHO`)).text()).toBe('second');
});

test('a generation that crashes leaves the old one serving and tells what it said', async ({ place }) => {
  const { app, deploy, memory } = await stagedApp(place);
  await using _app = app;
  await deploy({ env: { WHO: 'first' } });
  const before = containerIds(app);
  await expect(
    deploy({ processes: [{ ...web, command: 'echo cannot work; exit 3' }] }),
  ).rejects.toMatchObject({
    code: 'APP_CRASHED',
  });
  expect(memory.events).toContainEqual(
    expect.objectContaining({
      type: 'crash-summary',
      exitCode: 3,
      lastLines: expect.arrayContaining([
        expect.objectContaining({ lines: expect.arrayContaining(['cannot work']) as unknown }),
      ]) as unknown,
    }),
  );
  expect(containerIds(app)).toEqual(before);
  expect((await place.containers()).map(({ id }) => id)).toEqual(before);
  const [route = ''] = app.status().routes;
  expect(await ask(Number(new URL(route).port), new URL(route).hostname, '/env/WHO')).toBe('first');
});

test('more or fewer instances, and other routes, leave the instances that stay alone', async ({ place }) => {
  const { app, deploy, change } = await stagedApp(place);
  await using _app = app;
  await deploy({});
  const [first = ''] = containerIds(app);
  await change({ processes: [{ ...web, instances: 2 }] });
  await expect.poll(() => containerIds(app).filter((id) => id !== ''), PATIENT).toHaveLength(2);
  expect(containerIds(app)[0]).toBe(first);
  const urls = app.status().processes[0]?.instances.map(({ url = '' }) => url) ?? [];
  expect(
    await Promise.all(urls.map(async (url) => await (await fetch(`${url}/env/CF_INSTANCE_INDEX`)).text())),
  ).toEqual(['0', '1']);

  await change({ routes: [{ route: 'other.localhost/below' }] });
  expect(containerIds(app)).toEqual([first]);
  await expect.poll(async () => (await place.containers()).map(({ id }) => id), PATIENT).toEqual([first]);
  const [route = ''] = app.status().routes;
  const { port, hostname } = new URL(route);
  expect(hostname).toBe('other.localhost');
  expect(await ask(Number(port), 'other.localhost', '/below')).toBe('hello');
  expect(await ask(Number(port), `${place.app}.localhost`, '/')).toBe('(404)');

  await change({ env: { WHO: 'else' } });
  expect(containerIds(app)).not.toContain(first);
  const again = app.status().processes[0]?.instances[0]?.url ?? '';
  expect(again).toBe(urls[0]);
  expect(await (await fetch(`${again}/env/WHO`)).text()).toBe('else');
});

test('a generation that never becomes ready leaves the old one serving', async ({ place }) => {
  const { app, deploy } = await stagedApp(place);
  await using _app = app;
  await deploy({});
  const before = containerIds(app);
  const never: ProcessManifest = {
    ...web,
    healthCheck: { ...web.healthCheck, timeoutSeconds: 2 },
    readiness: { type: 'http', endpoint: '/exit/0', invocationTimeoutSeconds: 1, intervalSeconds: 1 },
    command: 'while :; do perl server.pl 127.0.0.1; done',
  };
  await expect(deploy({ processes: [never] })).rejects.toMatchObject({ code: 'START_TIMEOUT' });
  expect(containerIds(app)).toEqual(before);
});

test('an app that is stopped from another terminal takes its generations along', async ({ place }) => {
  const { app, deploy } = await stagedApp(place);
  await using _app = app;
  await deploy({});
  await place.succeed(['stop', place.app]);
  expect(await app.ended).toEqual({ kind: 'stopped' });
  expect(await place.containers()).toEqual([]);
});
