import { expect } from 'vitest';
import { freePort } from './support/free-port.ts';
import { buildpack, fixture } from './support/paths.ts';
import { HELLO_WEB, STAND_IN, test } from './support/workplace.ts';

test('--no-start stages only, and the next staging has the cache of the last', async ({ place }) => {
  const push = ['push', place.app, ...HELLO_WEB, '--no-start'];
  const first = await place.succeed(push);
  expect(first.stdout).toContain('-----> First staging');
  expect(first.stdout).not.toContain('CELL/0');
  expect((await place.succeed(push)).stdout).toContain('-----> Staged before');
  expect((await place.succeed([...push, '--clear-cache'])).stdout).toContain('-----> First staging');
});

test('--json makes stdout JSON lines and nothing else', async ({ place }) => {
  const push = place.start(['push', place.app, ...HELLO_WEB, '--json']);
  const [line] = await push.says(/^.*"type":"app-started".*$/m);
  const started = JSON.parse(line) as { url: string };
  const containers = await place.containers();
  const running = containers.find(({ labels }) => labels['cfstage.role'] === 'app');
  expect(started).toMatchObject({ app: place.app, containerId: running?.id });
  expect(await (await fetch(started.url)).text()).toBe('hello');
  const { exitCode, stdout, stderr } = await push.end();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as { type: string; time: string; state?: string });
  for (const { time } of events) expect(time).toBe(new Date(time).toISOString());
  const types = events.map(({ type }) => type).filter((type) => type !== 'log' && type !== 'notice');
  expect(types).toEqual([
    'warning',
    ...['phase-started', 'phase-ended', 'phase-started', 'phase-ended'],
    ...['staged', 'instance-state', 'instance-state', 'app-started'],
    ...['process-exited', 'instance-state', 'app-stopped'],
  ]);
  const states = events.filter(({ type }) => type === 'instance-state').map(({ state }) => state);
  expect(states).toEqual(['starting', 'running', 'stopped']);
});

test('--json tells an error as an event too', async ({ place }) => {
  const { exitCode, stdout, stderr } = await place.run([
    'push',
    place.app,
    ...HELLO_WEB,
    '--json',
    '-p',
    'nowhere',
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(JSON.parse(stdout.split('\n').at(-1) ?? '')).toMatchObject({
    type: 'failed',
    code: 'APP_PATH_INVALID',
    exitCode: 1,
    hint: expect.any(String) as string,
  });
});

test('--port and --env reach the app', async ({ place }) => {
  const port = await freePort();
  const push = await place.pushHelloWeb('--port', String(port), '--env', 'GREETING=from = flag');
  expect(await push.url()).toBe(`http://127.0.0.1:${port}`);
  expect(await (await fetch(`${await push.url()}/env/GREETING`)).text()).toBe('from = flag');
  await push.end();
});

test('--var wins over --vars-file, and both fill the manifest', async ({ place }) => {
  const manifest = await place.write(
    'manifest.yml',
    `applications:
- name: ${place.app}
  path: ${fixture('apps/hello-web')}
  memory: ((memory))
  buildpacks: [((buildpack))]
  env: { GREETING: ((word)) ((name)) }
`,
  );
  const vars = await place.write(
    'vars.yml',
    `memory: 128M\nbuildpack: ${buildpack('uses-the-procfile')}\nword: hello\nname: file\n`,
  );
  const push = place.start([
    'push',
    ...STAND_IN,
    ...['--manifest', manifest, '--vars-file', vars, '--var', 'name=flag'],
  ]);
  const url = await push.url();
  expect(await (await fetch(`${url}/env/GREETING`)).text()).toBe('hello flag');
  expect(await (await fetch(`${url}/env/MEMORY_LIMIT`)).text()).toBe('128m');
  await push.end();
});
