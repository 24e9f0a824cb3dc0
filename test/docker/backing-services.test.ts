import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { beforeAll, describe, expect } from 'vitest';
import { writeSupplyBuildpack } from './support/dumped-environment.ts';
import { fencedBlocks } from './support/markdown.ts';
import { openOutside } from './support/outside.ts';
import { buildpack, fixture, ROOT } from './support/paths.ts';
import {
  ask,
  boundTo,
  cache,
  database,
  PASSWORD,
  PING_IN_STAGING,
  prepareServices,
  servicesOf,
  type Service,
} from './support/real-services.ts';
import { STAND_IN, test, type Workplace } from './support/workplace.ts';

let image = '';
beforeAll(async () => {
  image = await prepareServices();
}, 300_000);

async function volumesOf(place: Workplace): Promise<readonly string[]> {
  const docker = new Docker();
  const containers = await Promise.all(
    (await place.containers()).map(({ id }) => docker.getContainer(id).inspect()),
  );
  return containers.flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => (Name === undefined ? [] : [Name])));
}

async function volumesLeft(names: readonly string[]): Promise<readonly string[]> {
  const { Volumes } = await new Docker().listVolumes();
  return Volumes.map(({ Name }) => Name).filter((name) => names.includes(name));
}

test('a database and a cache are there in staging and at run time, and go with the app', async ({
  place,
}) => {
  const buildpacks = [await writeSupplyBuildpack(place, PING_IN_STAGING)];
  const push = place.start([
    'push',
    ...(await boundTo(place, [database(place), cache(place)], { buildpacks })),
  ]);
  await push.says('[STG/0] OUT staging: +PONG');
  const url = await push.url();
  const host = `${place.app}-db.service.internal`;
  await push.says(`DATABASE_URL is postgres://postgres:${PASSWORD}@${host}:5432/shop`);
  expect(await ask(url, 'redis', 'SET greeting hello')).toBe('+OK');
  expect(await ask(url, 'redis', 'GET greeting')).toBe('hello');
  expect(await ask(url, 'postgres', 'SELECT current_database()')).toBe('shop');
  const { stdout } = await place.succeed(['ssh', place.app, '-c', 'echo "$VCAP_SERVICES"']);
  expect(stdout).toContain(
    `"credentials":{"host":"${place.app}-cache.service.internal","port":6379,"password":"${PASSWORD}"}`,
  );
  await push.says(new RegExp(`\\[SERVICE/${place.app.toUpperCase()}-CACHE/0\\] OUT .*Ready to accept`));
  const volumes = await volumesOf(place);
  expect(volumes).not.toEqual([]);

  expect(await push.end()).toMatchObject({ exitCode: 0 });
  expect(await place.containers()).toEqual([]);
  expect(await place.networks()).toEqual([]);
  expect(await volumesLeft(volumes)).toEqual([]);
});

test('stage starts them as well', async ({ place }) => {
  const buildpacks = [await writeSupplyBuildpack(place, PING_IN_STAGING)];
  const { stdout } = await place.succeed([
    'stage',
    ...(await boundTo(place, [cache(place)], { buildpacks })),
  ]);
  expect(stdout).toContain('staging: +PONG');
  expect(await place.containers()).toEqual([]);
});

test('--offline leaves them to staging, app, task and tunnel, and nothing else', async ({ place }) => {
  await using outside = await openOutside();
  const askOutside = `curl -sS -m 20 ${outside.url}`;
  const buildpacks = [await writeSupplyBuildpack(place, `${PING_IN_STAGING}\n${askOutside} 2>&1\nexit 0`)];
  const services = await boundTo(place, [database(place), cache(place)], { buildpacks });
  const push = place.start(['push', ...services, '--offline', '--traffic']);
  await push.says('[STG/0] OUT staging: +PONG');
  await push.says('[STG/0] OUT curl: (7)');
  const url = await push.url();
  expect(await ask(url, 'redis', 'SET greeting hello')).toBe('+OK');
  expect(await ask(url, 'postgres', 'SELECT current_database()')).toBe('shop');
  expect(await place.run(['ssh', place.app, '-c', askOutside])).toMatchObject({ exitCode: 7 });

  const host = `${place.app}-cache.service.internal`;
  const get = `exec 3<>/dev/tcp/${host}/6379; printf 'AUTH ${PASSWORD}\\r\\nGET greeting\\r\\n' >&3; head -n 3 <&3`;
  const task = await place.succeed([
    ...['run-task', place.app, '--offline', '--command', `bash -c "${get}"`],
  ]);
  expect(task.stdout).toMatch(/OUT \+OK\s.*OUT \$5\s.*OUT hello\s/s);

  const ssh = place.start(['ssh', place.app, '-N', '-L', `0:${host}:6379`]);
  const [, port = ''] = await ssh.says(new RegExp(`^Forwarding 127.0.0.1:(\\d+) to ${host}:6379$`, 'm'));
  const client = connect(Number(port), '127.0.0.1');
  client.write(`AUTH ${PASSWORD}\r\nGET greeting\r\nQUIT\r\n`);
  expect(await text(client)).toBe('+OK\r\n$5\r\nhello\r\n+OK\r\n');
  await ssh.end();

  expect(outside.requests).toEqual([]);
  expect(await push.end()).toMatchObject({ exitCode: 0 });
  expect(await place.containers()).toEqual([]);
  expect(await place.networks()).toEqual([]);
  const { stderr } = await push.ended;
  const rows = stderr.split('\n').map((line) => line.split(/ {2,}/).map((cell) => cell.trim()));
  expect(rows).toContainEqual(['web/0', 'tcp', host, expect.stringMatching(/:6379$/), 'answered']);
  expect(rows).toContainEqual([
    `bin/supply of ${place.root}/dumps`,
    ...['tcp', outside.address, `${outside.address}:${outside.port}`, 'refused'],
  ]);
});

test('--offline reaches those that were kept by a push with a way out, and the other way round', async ({
  place,
}) => {
  const services = await boundTo(place, [cache(place)]);
  const answers = [];
  for (const flags of [['--keep-services'], ['--offline', '--keep-services'], []]) {
    const push = place.start(['push', ...services, ...flags]);
    answers.push(await ask(await push.url(), 'redis', 'INCR pushes'));
    expect(await push.end()).toMatchObject({ exitCode: 0 });
  }
  expect(answers).toEqual([':1', ':2', ':3']);
});

test('--keep-services keeps them with their data, until an app ends without it', async ({ place }) => {
  const app = await boundTo(place, [database(place), cache(place)]);
  const push = place.start(['push', ...app, '--keep-services']);
  const url = await push.url();
  expect(await ask(url, 'postgres', 'CREATE TABLE kept AS SELECT 42 AS answer')).toBe('');
  expect(await ask(url, 'redis', 'SET answer 42')).toBe('+OK');
  await push.end();
  const kept = await place.containers();
  expect(await servicesOf(place)).toEqual([`${place.app}-cache`, `${place.app}-db`]);
  await place.succeed(['clean']);
  // As after the machine has been started anew.
  const stopped = kept.find(({ labels }) => labels['cfstage.app'] === `${place.app}-db`);
  await new Docker().getContainer(stopped?.id ?? '').stop({ t: 5 });

  const run = place.start(['run', place.app, ...app]);
  const again = await run.url();
  expect(await ask(again, 'postgres', 'SELECT answer FROM kept')).toBe('42');
  expect(await ask(again, 'redis', 'GET answer')).toBe('42');
  expect(run.output).toContain(`Starting service instance ${place.app}-db again...`);
  expect(run.output).toContain(`Service instance ${place.app}-cache runs already`);
  const now = await place.containers();
  expect(now.map(({ id }) => id)).toEqual(expect.arrayContaining(kept.map(({ id }) => id)));
  await run.end();
  expect(await place.containers()).toEqual([]);
});

test('one that was kept is made anew for other settings; clean --services removes it', async ({ place }) => {
  const flags = ['--keep-services'];
  await place.succeed(['stage', ...(await boundTo(place, [cache(place)])), ...flags]);
  const [before] = await place.containers();
  const other = { ...cache(place), env: { REDIS_PASSWORD: PASSWORD, OTHER: 'yes' } };
  const { stderr } = await place.succeed(['stage', ...(await boundTo(place, [other])), ...flags]);
  expect(stderr).toContain(`${place.app}-cache was kept with other settings: it is made anew`);
  const [after, ...none] = await place.containers();
  expect(none).toEqual([]);
  expect(after?.id).not.toBe(before?.id);

  const { stdout } = await place.succeed(['clean', '--services']);
  expect(stdout).toContain(`Removed ${after?.name ?? ''}\n`);
  expect(await place.containers()).toEqual([]);
});

test('two apps share one, whoever of them ends first', async ({ place }) => {
  const names = [`${place.app}-one`, `${place.app}-two`];
  const pushes = await Promise.all(
    names.map(async (name) => place.start(['push', ...(await boundTo(place, [cache(place)], { name }))])),
  );
  const [one = '', two = ''] = await Promise.all(pushes.map((push) => push.url()));
  expect(await servicesOf(place)).toEqual([`${place.app}-cache`]);
  expect(await ask(one, 'redis', 'SET from one')).toBe('+OK');
  expect(await ask(two, 'redis', 'GET from')).toBe('one');

  const other = { ...cache(place), env: { OTHER: 'yes' }, credentials: {} };
  const third = await boundTo(place, [other], { name: `${place.app}-three` });
  expect(await place.run(['push', ...third])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('runs with other settings for another app') as string,
  });

  await pushes[0]?.end();
  expect(await ask(two, 'redis', 'GET from')).toBe('one');
  // The session that started it may be gone.
  await place.succeed(['clean']);
  expect(await ask(two, 'redis', 'GET from')).toBe('one');
  await pushes[1]?.end();
  expect(await place.containers()).toEqual([]);
});

const IDLE = ['sh', '-c', 'echo I do nothing; exec sleep 600'];

describe('a service that does not get ready', () => {
  test.for<{ readonly what: string; readonly service: Partial<Service>; readonly says: RegExp }>([
    {
      what: 'never listens',
      service: { command: IDLE, timeout: 2 },
      says: /cannot be reached: nothing listens on \S+\.service\.internal:6379 after 2 seconds\. Its last output:\nI do nothing\n/,
    },
    {
      what: 'ends',
      service: { command: ['sh', '-c', 'echo I give up >&2; exit 3'] },
      says: /ended with exit status 3 before it could be reached\. Its last output:\nI give up\n/,
    },
    {
      what: 'cannot be started',
      service: { image: 'cfstage/cflinuxfs4:stand-in', command: ['no-such-program'] },
      says: /cannot be started: .*no-such-program/,
    },
    {
      what: 'has no image',
      service: { image: 'localhost:1/absent:1' },
      says: /has no image: localhost:1\/absent:1 is not on the engine and cannot be pulled: /,
    },
  ])('$what', async ({ service, says }, { place }) => {
    const app = await boundTo(place, [{ ...cache(place), ...service }]);
    const ended = await place.run(['push', ...app, '--keep-services']);
    expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(says) as string });
    expect(ended.stderr).toMatch(/FAILED \(SERVICE_UNAVAILABLE\)\s*$/);
    expect(await place.containers()).toEqual([]);
    expect(await place.networks()).toEqual([]);
  });
});

test('Ctrl-C while one is waited for leaves nothing', async ({ place }) => {
  const app = await boundTo(place, [{ ...cache(place), command: IDLE }]);
  const push = place.start(['push', ...app, '--keep-services']);
  await push.says('/0] OUT I do nothing');
  const ended = await push.end();
  expect(ended).toMatchObject({ exitCode: 130 });
  expect(await place.containers()).toEqual([]);
  expect(await place.networks()).toEqual([]);
});

test('what kill -9 leaves is removed by clean', async ({ place }) => {
  const app = await boundTo(place, [cache(place)]);
  const push = place.start(['push', ...app]);
  await push.url();
  await push.end('SIGKILL');
  expect(await servicesOf(place)).toEqual([`${place.app}-cache`]);
  await place.succeed(['clean']);
  expect(await place.containers()).toEqual([]);
  expect(await place.networks()).toEqual([]);
});

test('a service that ends later is told in the log, and the app goes on', async ({ place }) => {
  const push = place.start(['push', ...(await boundTo(place, [cache(place)]))]);
  const url = await push.url();
  await ask(url, 'redis', 'SHUTDOWN NOSAVE');
  await push.says(`[SERVICE/${place.app.toUpperCase()}-CACHE/0] OUT Exit status 0`);
  expect(await (await fetch(url)).text()).toBe('hello');
  await push.end();
});

test('the services file of the README works', async ({ place }) => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const { text } = fencedBlocks(readme, 'yaml').find((block) => block.text.includes('image: postgres')) ?? {
    text: '',
  };
  const file = await place.write(
    'services.yml',
    text.replace(/image: (?:postgres|redis)\S*/g, `image: ${image}`),
  );
  const app = ['--path', fixture('apps/talks-to-services'), '--buildpack', buildpack('uses-the-procfile')];
  const manifest = await place.write(
    'manifest.yml',
    JSON.stringify({ applications: [{ name: place.app, services: ['shop-db', 'shop-cache'] }] }),
  );
  const push = place.start(['push', ...STAND_IN, ...app, '--manifest', manifest, '--services', file]);
  const url = await push.url();
  expect(await ask(url, 'postgres', 'SELECT current_database()')).toBe('shop');
  expect(await ask(url, 'redis', 'PING')).toBe('+PONG');
  await push.end();
});
