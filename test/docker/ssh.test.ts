import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngineProxy } from './support/engine-proxy.ts';
import type { Running } from './support/running.ts';
import { fakeInstance, pushTcpHabits, sessionProcesses, SOON } from './support/ssh-places.ts';
import { openWorkplace, test, type Workplace } from './support/workplace.ts';

describe('of several instances', () => {
  let place: Workplace;
  let push: Running;
  let others: AsyncDisposable[];

  beforeAll(async () => {
    place = await openWorkplace();
    push = await pushTcpHabits(place);
    others = await Promise.all([
      fakeInstance(place, { process: 'worker', index: 0 }, true),
      fakeInstance(place, { process: 'worker', index: 1 }, true),
      fakeInstance(place, { process: 'web', index: 1 }, true),
      fakeInstance(place, { process: 'web', index: 2 }, false),
    ]);
  });

  afterAll(async () => {
    await Promise.all(others.map((other) => other[Symbol.asyncDispose]()));
    await push.end();
    await place.close();
  });

  it.each([
    { flags: [], port: '8080', index: '0' },
    { flags: ['--process', 'web', '-i', '0'], port: '8080', index: '0' },
    { flags: ['--app-instance-index', '1'], port: '', index: '1' },
    { flags: ['--process', 'worker'], port: '', index: '0' },
    { flags: ['--process', 'worker', '-i', '1'], port: '', index: '1' },
  ])('$flags goes to the one meant', async ({ flags, port, index }) => {
    const { stdout } = await place.succeed([
      'ssh',
      place.app,
      ...flags,
      '-c',
      'echo "$PORT/$CF_INSTANCE_INDEX"',
    ]);
    expect(stdout).toBe(`${port}/${index}`);
  });

  it.each([
    { flags: ['-i', '7'], message: 'Instance 7 of process web not found' },
    { flags: ['-i', '2'], message: 'Instance 2 of process web not running' },
    { flags: ['--process', 'worker', '-i', '2'], message: 'Instance 2 of process worker not found' },
    { flags: ['--process', 'nope'], message: 'Process nope not found' },
  ])("$flags fails in cf's words", async ({ flags, message }) => {
    const { exitCode, stdout, stderr } = await place.run(['ssh', place.app, ...flags, '-c', 'true']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([message, expect.any(String), 'FAILED (INSTANCE_NOT_FOUND)']);
  });

  it('an index is a number', async () => {
    const { exitCode, stderr } = await place.run(['ssh', place.app, '-i', '-1']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('An index is a number from 0.') as string,
    });
  });
});

describe('a session', () => {
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

  it('joins several -c by a space', async () => {
    const { stdout } = await place.succeed(['ssh', place.app, '-c', 'echo a;', '-c', 'echo', '-c', 'b']);
    expect(stdout).toBe('a\nb');
  });

  it('says 128 and the number for a signal', async () => {
    expect(await place.run(['ssh', place.app, '-c', 'kill -KILL $$'])).toMatchObject({
      exitCode: 137,
      stderr: '',
    });
  });

  it('is over when nobody reads its output', async () => {
    const endless = place.start(['ssh', place.app, '-c', 'echo first; exec cat /dev/zero']);
    await endless.says('first');
    endless.closeOutput();
    expect(await endless.ended).toMatchObject({ exitCode: 141, stderr: '' });
    await expect.poll(() => sessionProcesses(place), SOON).toEqual([]);
  });

  it('leaves what was put into the background when it ends by itself', async () => {
    const background = 'sleep 4242 >/dev/null 2>&1 & echo done';
    expect(await place.succeed(['ssh', place.app, '-c', background])).toMatchObject({ stdout: 'done' });
    await expect.poll(() => sessionProcesses(place), SOON).toEqual(['sleep 4242']);
    await place.succeed(['ssh', place.app, '-c', 'pkill -f "sleep 4242"']);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    '%s takes its processes along',
    async (signal) => {
      const command = place.start(['ssh', place.app, '-c', 'echo up; sleep 4343; echo never']);
      await command.says('up');
      await command.end(signal);
      expect(command.output).not.toContain('never');
      await expect.poll(() => sessionProcesses(place), SOON).toEqual([]);
    },
  );

  it('says so when the engine goes away', async () => {
    await using proxy = await openEngineProxy(join(place.root, 'engine.sock'));
    const options = { env: { DOCKER_HOST: proxy.address } };
    const command = place.start(['ssh', place.app, '-c', 'echo up; sleep 4444'], options);
    await command.says('up');
    await proxy.cut();
    const { exitCode, stderr } = await command.ended;
    expect(exitCode).toBe(1);
    expect(stderr.match(/FAILED/g)).toEqual(['FAILED']);
    expect(stderr).toContain('FAILED (ENGINE_LOST)');
    await expect.poll(() => sessionProcesses(place), SOON).toEqual([]);
  });
});

test('says once that the app was stopped meanwhile, and does not hold that up', async ({ place }) => {
  const push = await pushTcpHabits(place);
  const command = place.start(['ssh', place.app, '-c', 'echo up; sleep 600; echo never']);
  // An interactive bash ignores SIGTERM.
  const shell = place.start(['ssh', place.app, '--force-pseudo-tty'], { stdin: 'pipe' });
  const forward = place.start(['ssh', place.app, '-N', '-L', '0:localhost:8080']);
  await Promise.all([command.says('up'), shell.says('$ '), forward.says('Forwarding')]);
  await place.succeed(['stop', place.app]);
  const ends = await Promise.all([command, shell, forward].map(({ ended }) => ended));
  for (const { exitCode, stderr } of ends) {
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^Instance 0 of process web of app ${place.app} has stopped\\n.*\\nFAILED \\(CONTAINER_GONE\\)$`,
        'm',
      ),
    );
  }
  const stopped = await push.ended;
  // Not the SIGKILL that comes after 10 seconds.
  expect(stopped.stdout).toContain('[APP/PROC/WEB/0] OUT Exit status 143');
  const again = await place.run(['ssh', place.app]);
  expect(again).toMatchObject({ exitCode: 1 });
  expect(again.stderr).toContain(`Application '${place.app}' is not in the STARTED state`);
});

test('an app that nobody has pushed is not found', async ({ place }) => {
  const { exitCode, stderr } = await place.run(['ssh', place.app]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(new RegExp(`^App '${place.app}' not found\\n.*\\nFAILED \\(APP_NOT_FOUND\\)$`));
});
