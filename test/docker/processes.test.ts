import { expect } from 'vitest';
import { ask, routerPort } from './support/ask.ts';
import { buildpack, fixture } from './support/paths.ts';
import { STAND_IN, test } from './support/workplace.ts';

const WAITS = 'echo "$CF_INSTANCE_INDEX has $MEMORY_LIMIT and port $PORT"; exec sleep infinity';

test('processes of the manifest and of the command line have instances and memory of their own', async ({
  place,
}) => {
  const app = {
    name: place.app,
    path: fixture('apps/hello-web'),
    buildpacks: [buildpack('uses-the-procfile')],
    processes: [
      { type: 'web', instances: 2, memory: '96M' },
      { type: 'worker', instances: 2, memory: '64M', command: WAITS },
      { type: 'clock', memory: '32M', command: WAITS },
    ],
  };
  const manifest = await place.write('manifest.yml', JSON.stringify({ applications: [app] }));
  const push = place.start(['push', ...STAND_IN, '--manifest', manifest, '--process', 'clock=1']);
  await push.url();
  await push.says('[APP/PROC/WORKER/0] OUT 0 has 64m and port 8080');
  await push.says('[APP/PROC/WORKER/1] OUT 1 has 64m and port 8080');
  await push.says('[APP/PROC/CLOCK/0] OUT 0 has 32m and port 8080');
  await push.says('[CELL/1] OUT Container became healthy');

  const labels = (await place.containers()).map((container) => container.labels);
  const places = labels.map((one) => `${one['cfstage.process'] ?? ''}/${one['cfstage.index'] ?? ''}`);
  expect(places.sort()).toEqual(['clock/0', 'web/0', 'web/1', 'worker/0', 'worker/1']);
  expect((await place.succeed(['apps'])).stdout).toMatch(/ web:2\/2, worker:2\/2, clock:1\/1 /);

  // The router goes round the instances of web, and asks the one that is asked for.
  const port = await routerPort(push);
  const index = async (headers = {}) =>
    (await ask(port, `${place.app}.localhost`, '/env/CF_INSTANCE_INDEX', headers)).body;
  await expect.poll(async () => [await index(), await index()].sort()).toEqual(['0', '1']);
  const asked = [];
  for (let i = 0; i < 10; i += 1) asked.push(await index());
  expect([...asked].sort().join('')).toBe('0000011111');
  const { body } = await ask(port, `${place.app}.localhost`, '/env/VCAP_APPLICATION');
  const guid = (JSON.parse(body) as Record<string, string>)['application_id'] ?? '';
  for (const one of ['1', '1', '0', '1']) {
    expect(await index({ 'X-Cf-App-Instance': `${guid}:${one}` })).toBe(one);
  }
  const absent = await ask(port, `${place.app}.localhost`, '/', { 'X-Cf-App-Instance': `${guid}:7` });
  expect(absent.status).toBe(400);
  expect(await push.end()).toMatchObject({ exitCode: 0 });
});

test('an app counts as started within 100 ms of the moment when it can be reached', async ({ place }) => {
  // Each instance begins to listen at another time, so that none is lucky with the moment of a check.
  const command = 'sleep "0.$((3 + CF_INSTANCE_INDEX * 17 % 6))$CF_INSTANCE_INDEX"; exec perl server.pl 2>&1';
  const instances = 5;
  const flags = ['--path', fixture('apps/hello-web'), '--buildpack', buildpack('uses-the-procfile')];
  const push = place.start([
    ...['push', place.app, ...STAND_IN, ...flags, '--start-command', command],
    ...['-i', String(instances), '-m', '64M', '--json'],
  ]);
  for (let i = 0; i < instances; i += 1) {
    await push.says(new RegExp(`"source":"CELL/${i}".*Container became healthy`));
  }
  const { stdout } = await push.end();
  const logs = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { time: string; source?: string; message?: string });
  const at = (source: string, message: string) =>
    Date.parse(logs.find((log) => log.source === source && log.message === message)?.time ?? '');
  const waits = Array.from(
    { length: instances },
    (_, i) =>
      at(`CELL/${i}`, 'Container became healthy') - at(`APP/PROC/WEB/${i}`, 'hello-web listens on port 8080'),
  ).sort((a, b) => a - b);
  expect(waits[Math.floor(instances / 2)], waits.join(', ')).toBeLessThanOrEqual(100);
});
