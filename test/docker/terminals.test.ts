import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Running } from './support/running.ts';
import { HELLO_WEB, openWorkplace, test, type Workplace } from './support/workplace.ts';

describe('from another terminal', () => {
  let place: Workplace;
  let push: Running;
  let url: string;

  beforeAll(async () => {
    place = await openWorkplace();
    push = await place.pushHelloWeb();
    url = await push.url();
  });

  afterAll(async () => {
    await push.end();
    await place.close();
  });

  it('logs --recent shows what the foreground showed, in order, and ends', async () => {
    const { stdout } = await place.succeed(['logs', place.app, '--recent']);
    const messages = stdout.split('\n').map((line) => line.replace(/^ {3}\S+ /, ''));
    const expected = [
      '[STG/0] OUT -----> First staging',
      '[STG/0] OUT Exit status 0',
      '[CELL/0] OUT Starting health monitoring of container',
      '[CELL/0] OUT Container became healthy',
    ];
    expect(messages.filter((message) => expected.includes(message))).toEqual(expected);
    expect(messages).toContain('[APP/PROC/WEB/0] OUT hello-web listens on port 8080');
    expect(messages).toContain('[APP/PROC/WEB/0] ERR hello-web also writes to stderr');
  });

  it('logs --recent --json gives one log event a line', async () => {
    const { stdout } = await place.succeed(['logs', place.app, '--recent', '--json']);
    for (const line of stdout.split('\n'))
      expect(JSON.parse(line)).toMatchObject({ type: 'log', app: place.app });
  });

  it('apps lists it with its address', async () => {
    const { stdout } = await place.succeed(['apps']);
    expect(stdout).toMatch(/^name +requested state +processes +url +stack +buildpacks$/m);
    expect(stdout).toMatch(new RegExp(`^${place.app} +started +web:1/1 +${url} +cflinuxfs4 +`, 'm'));
  });

  it('apps --json gives the same as data', async () => {
    const { stdout } = await place.succeed(['apps', '--json']);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ name: place.app, state: 'started', url, stack: 'cflinuxfs4' }),
    );
  });
});

test('logs follows what comes from now on, until Ctrl-C', async ({ place }) => {
  await place.succeed(['push', place.app, ...HELLO_WEB, '--no-start']);
  const logs = place.start(['logs', place.app]);
  const run = place.start(['run', place.app, '--stack-policy', 'stand-in']);
  await run.url();
  await logs.says('[CELL/0] OUT Container became healthy');
  expect(logs.output).not.toContain('STG/0');
  await run.end();
  await logs.says(/\[CELL\/0\] OUT Cell cfstage successfully destroyed/);
  expect(await logs.end()).toMatchObject({ stderr: '' });
});

test('stop ends the foreground push, which takes it as a stop', async ({ place }) => {
  const push = await place.pushHelloWeb();
  await place.succeed(['stop', place.app]);
  const ended = await push.ended;
  expect(ended).toMatchObject({ exitCode: 0 });
  expect(ended.stderr).toContain(`App ${place.app} stopped`);
  const { stdout } = await place.succeed(['apps']);
  expect(stdout).toMatch(new RegExp(`^${place.app} +stopped`, 'm'));
});

test('delete stops the app and forgets it', async ({ place }) => {
  const push = await place.pushHelloWeb();
  await place.succeed(['delete', place.app, '-f']);
  expect(await push.ended).toMatchObject({ exitCode: 0 });
  const { stdout } = await place.succeed(['apps', '--json']);
  expect(stdout).not.toContain(place.app);
  for (const args of [
    ['logs', place.app],
    ['ssh', place.app, '-c', 'true'],
    ['stop', place.app],
    ['run', place.app],
  ]) {
    const { exitCode, stderr } = await place.run(args);
    expect({ args, exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(place.app) as string,
    });
    expect(stderr).toMatch(/FAILED \((?:APP_NOT_FOUND|DROPLET_INVALID)\)/);
  }
  const again = await place.succeed(['delete', place.app, '-f', '-r']);
  expect(again.stderr).toBe(`Warning: App '${place.app}' does not exist.`);
});
