import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openEngineProxy } from './support/engine-proxy.ts';
import { buildpack } from './support/paths.ts';
import { HELLO_WEB, test } from './support/workplace.ts';

describe('an engine that goes away', () => {
  test('in the middle of staging is ENGINE_LOST, and clean removes the rest', async ({ place }) => {
    await place.succeed(['push', place.app, ...HELLO_WEB, '--no-start']);
    await using proxy = await openEngineProxy(join(place.root, 'engine.sock'));
    const env = { DOCKER_HOST: proxy.address };
    const waiting = ['--buildpack', buildpack('waits-in-supply'), ...HELLO_WEB];
    const push = place.start(['push', place.app, ...waiting], { env });
    await push.says('-----> Waiting for ever');
    await proxy.cut();
    const { exitCode, stderr } = await push.ended;
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('FAILED (ENGINE_LOST)') as string,
    });
    expect(stderr).toContain('cfstage clean');
    expect(stderr).not.toMatch(/^ +at /m);

    expect((await place.containers()).length).toBeGreaterThan(0);
    const { stdout } = await place.succeed(['clean']);
    expect(stdout).toMatch(new RegExp(`^Removed cfstage-${place.app}-staging-`, 'm'));
    expect(await place.containers()).toEqual([]);

    const run = place.start(['run', place.app, '--stack-policy', 'stand-in']);
    expect(await (await fetch(await run.url())).text()).toBe('hello');
    await run.end();
  });

  test('while the app runs is ENGINE_LOST too', async ({ place }) => {
    await using proxy = await openEngineProxy(join(place.root, 'engine.sock'));
    const push = place.start(['push', place.app, ...HELLO_WEB], { env: { DOCKER_HOST: proxy.address } });
    await push.url();
    await proxy.cut();
    const { exitCode, stderr } = await push.ended;
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('FAILED (ENGINE_LOST)') as string,
    });
    await place.succeed(['clean']);
  });
});

test.for([
  { name: 'a socket that is not there', address: (root: string) => `unix://${root}/none.sock` },
  { name: 'a port that nobody listens on', address: () => 'tcp://127.0.0.1:9' },
])('$name is DOCKER_UNREACHABLE', async ({ address }, { place }) => {
  const env = { DOCKER_HOST: address(place.root) };
  for (const args of [['push', place.app, ...HELLO_WEB], ['apps'], ['clean'], ['stacks']]) {
    const { exitCode, stderr } = await place.run(args, { env });
    expect({ args, exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('FAILED (DOCKER_UNREACHABLE)') as string,
    });
    expect(stderr).toContain(env.DOCKER_HOST);
    expect(stderr).toContain('cfstage doctor');
  }
  const doctor = await place.run(['doctor', '--json'], { env });
  expect(doctor.exitCode).toBe(1);
  expect(JSON.parse(doctor.stdout)).toMatchObject([
    { check: 'engine', ok: false, advice: expect.any(String) as string },
  ]);
});
