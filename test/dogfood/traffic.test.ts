import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, type Platform } from '../../src/testing/index.ts';
import { verify } from '../../src/testing/assert.ts';
import { freePort } from '../docker/support/free-port.ts';
import { openOutside, type Outside } from '../docker/support/outside.ts';
import { buildpack, fixture as path } from '../docker/support/paths.ts';
import { dogfoodPlatform } from './platform.ts';

const HELLO = path('apps/hello-web');
const PROCFILE = buildpack('uses-the-procfile');

let platform: Platform;
let outside: Outside;

beforeAll(async () => {
  [platform, outside] = await Promise.all([dogfoodPlatform(), openOutside()]);
});
afterAll(async () => {
  await outside[Symbol.asyncDispose]();
  await platform.close();
});

describe.concurrent('toMakeNoTraffic', () => {
  it('holds of an app that is staged, asked, restarted and stopped and needs nobody', async () => {
    await using app = await platform.deploy
      .withBuildpacks(PROCFILE)
      .withTrafficRecorded()
      .execute('keeps-to-itself', HELLO);
    await expect(app).toServe('hello');
    await app.restart();
    await app.exec(`curl -sSf "http://localhost:$PORT"`);
    await app.stop();
    expect(app).toMakeNoTraffic();
    expect(() => verify.not.toMakeNoTraffic(app)).toThrow(
      'Expected keeps-to-itself to make traffic\n\nIt made none.',
    );
  });

  it('fails with each host and port, and with who has tried it', async () => {
    const { url, address, port } = outside;
    const closed = await freePort();
    const asking = fixture()
      .with({ 'bin/supply': `#!/bin/bash\ncurl -sSf ${url}\ncurl -sS http://${address}:${closed}\nexit 0\n` })
      .withMode('bin/supply', 0o755);
    await using app = await platform.deploy
      .withBuildpacks(asking, PROCFILE)
      .withTrafficRecorded()
      .execute('asks-around', fixture(HELLO).with({ Procfile: `web: curl -sSf ${url} && perl server.pl\n` }));
    await app.stop();
    const by = `bin/supply of ${app.phases.find(({ name }) => name === 'supply')?.buildpack ?? ''}`;
    expect(() => expect(app).toMakeNoTraffic()).toThrow(
      expect.objectContaining({
        message: `Expected asks-around to make no traffic

It tried to reach:
  tcp ${address}:${port}, answered, by ${by}
  tcp ${address}:${closed}, refused, by ${by}
  tcp ${address}:${port}, answered, by web/0`,
      }) as Error,
    );
    expect(app).not.toMakeNoTraffic();
  });

  it('says how to record what is not recorded', async () => {
    await using app = await platform.deploy.withBuildpacks(PROCFILE).stage('unwatched', HELLO);
    expect(() => expect(app).toMakeNoTraffic()).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: 'The traffic of unwatched is not recorded',
        hint: 'Deploy it withTrafficRecorded(), withoutInternetAccess() or withProxy().',
      }) as Error,
    );
  });
});
