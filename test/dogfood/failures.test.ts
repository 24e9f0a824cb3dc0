import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, StartError, type Deploy, type Platform } from '../../src/testing/index.ts';
import { buildpack, fixture as path, recordedBuildpack } from '../docker/support/paths.ts';
import { dogfoodPlatform } from './platform.ts';

const HELLO = path('apps/hello-web');
const PROCFILE = buildpack('uses-the-procfile');

let platform: Platform;
let deploy: Deploy;
beforeAll(async () => {
  platform = await dogfoodPlatform();
  deploy = platform.deploy.withBuildpacks(PROCFILE);
});
afterAll(() => platform.close());

describe.concurrent('a staging that fails', () => {
  it.each([
    { name: 'supply', fails: 'fails-to-supply', exitCode: 225, status: 17, code: 'STAGING_FAILED' },
    {
      name: 'finalize',
      fails: 'fails-to-finalize',
      exitCode: 223,
      status: 9,
      code: 'BUILDPACK_COMPILE_FAILED',
    },
    {
      name: 'release',
      fails: 'fails-to-release',
      exitCode: 224,
      status: 5,
      code: 'BUILDPACK_RELEASE_FAILED',
    },
  ] as const)('in bin/$name says so', async ({ name, fails, exitCode, status, code }) => {
    const failing = recordedBuildpack(fails);
    const order = name === 'supply' ? [failing, PROCFILE] : [failing];
    await expect(platform.deploy.withBuildpacks(...order).execute(`fails-in-${name}`, HELLO)).toFailStaging({
      phase: name,
      buildpack: failing,
      exitCode,
      status,
      code,
      log: [`${name} broke`],
    });
  });

  it('because no buildpack detects the app says so', async () => {
    await using choosing = await dogfoodPlatform({ never: recordedBuildpack('never-detects') });
    await expect(choosing.deploy.execute('undetected', HELLO)).toFailStaging({
      exitCode: 222,
      code: 'NO_APP_DETECTED',
    });
  });

  it('for want of time says so', async () => {
    const slow = platform.deploy
      .withBuildpacks(buildpack('waits-in-supply'), PROCFILE)
      .withStagingTimeout(6_000);
    await expect(() => slow.execute('slow', HELLO)).toFailStaging({
      phase: 'supply',
      code: 'STAGING_TIMEOUT',
    });
  });

  it('leaves a running version of the app alone, and its cache', async () => {
    await using app = await deploy.execute('survivor', HELLO);
    const broken = platform.deploy
      .withBuildpacks(recordedBuildpack('fails-to-finalize'))
      .execute('survivor', HELLO);
    await expect(broken).toFailStaging({ phase: 'finalize' });
    await expect(app).toServe('hello');
    await app.restage();
    expect(app.stagingLogs.during('finalize')).toContainLines(['-----> Staged before']);
  });
});

describe.concurrent('an app that does not start', () => {
  it('tells how its process ended, and its log', async () => {
    const crashing = fixture(HELLO).with({ Procfile: "web: echo 'no way' >&2; exit 42\n" });
    const error: unknown = await deploy
      .withoutRestarts()
      .execute('crashes', crashing)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StartError);
    const failed = error as StartError;
    await expect(failed).toExitWith(42);
    expect(failed.code).toBe('APP_CRASHED');
    expect(failed.logs.from('APP/PROC/WEB').stderr).toContainLines(['no way']);
    expect(failed.message).toContain('[APP/PROC/WEB/0] ERR no way');
  });

  it('for its health check never passing says so', async () => {
    const deaf = fixture(HELLO).with({ Procfile: 'web: sleep 60\n' });
    const failing = deploy.withHealthCheck({ timeout: 1 }).withoutRestarts().execute('deaf', deaf);
    await expect(failing).rejects.toMatchObject({
      code: 'START_TIMEOUT',
      message: expect.stringContaining('startup check') as string,
    });
  });
});
