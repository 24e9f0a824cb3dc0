import { expect } from 'vitest';
import { push } from '../../src/app/push.ts';
import { stageApp } from '../../src/app/stage-app.ts';
import { openWorkbench } from '../../src/app/workbench.ts';
import { emitTo } from '../../src/logs/emitter.ts';
import { MemorySink } from '../../src/logs/memory-sink.ts';
import { pushRequest, type PushRequest } from '../../src/app/request.ts';
import { buildpack, fixture, recordedBuildpack } from './support/paths.ts';
import { test, type Workplace } from './support/workplace.ts';

function request({ app, root }: Workplace, buildpacks: readonly string[]): PushRequest {
  return pushRequest({
    cwd: root,
    appName: app,
    path: fixture('apps/hello-web'),
    overrides: { buildpacks },
    stackPolicy: 'stand-in',
    stagingTimeoutSeconds: 60,
  });
}

async function openBench({ home }: Workplace) {
  const memory = new MemorySink();
  return { memory, workbench: await openWorkbench(process.env, home, emitTo([memory])) };
}

test('a program pushes an app, asks it, and stops it by leaving its scope', async ({ place }) => {
  const { memory, workbench } = await openBench(place);
  const { signal } = new AbortController();
  {
    await using app = await push(request(place, [buildpack('uses-the-procfile')]), workbench, signal);
    expect(await (await fetch(app.url)).text()).toBe('hello');
  }
  expect(memory.events.map(({ type }) => type)).toContain('app-stopped');
  expect(memory.logs.find(({ source }) => source === 'APP/PROC/WEB/0')).toMatchObject({
    app: place.app,
    stream: 'OUT',
  });
});

test('two apps are staged by one program at once', async ({ place }) => {
  const { workbench } = await openBench(place);
  const { signal } = new AbortController();
  const outcomes = await Promise.all(
    ['-one', '-two'].map((suffix) =>
      stageApp(
        { ...request(place, [buildpack('uses-the-procfile')]), appName: `${place.app}${suffix}` },
        workbench,
        signal,
      ),
    ),
  );
  expect(outcomes.map(({ droplet }) => droplet?.app.name)).toEqual([`${place.app}-one`, `${place.app}-two`]);
});

test('a failed staging is an outcome, not an exception', async ({ place }) => {
  const { memory, workbench } = await openBench(place);
  const failing = request(place, [recordedBuildpack('fails-to-finalize')]);
  const { failure } = await stageApp(failing, workbench, new AbortController().signal);
  expect(failure).toMatchObject({ exitCode: 223, failure: { kind: 'CompileFailed' } });
  expect(memory.logs.map(({ message }) => message)).toContain('finalize broke');
});

test('a staging that takes too long is ended', async ({ place }) => {
  const { workbench } = await openBench(place);
  const slow = { ...request(place, [buildpack('waits-in-supply'), buildpack('uses-the-procfile')]) };
  await expect(
    stageApp({ ...slow, stagingTimeoutSeconds: 2 }, workbench, new AbortController().signal),
  ).rejects.toMatchObject({ code: 'STAGING_TIMEOUT' });
});
