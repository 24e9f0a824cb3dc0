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
    await expect(app).toMakeNoTraffic();
    await expect(verify.not.toMakeNoTraffic(app)).rejects.toThrow(
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
    await expect(expect(app).toMakeNoTraffic()).rejects.toThrow(
      expect.objectContaining({
        message: `Expected asks-around to make no traffic

It tried to reach:
  tcp ${address}:${port}, answered, by ${by}
  tcp ${address}:${closed}, refused, by ${by}
  tcp ${address}:${port}, answered, by web/0`,
      }) as Error,
    );
    await expect(app).not.toMakeNoTraffic();
  });

  it('knows of what a running app is trying just now', async () => {
    await using app = await platform.deploy
      .withBuildpacks(PROCFILE)
      .withTrafficRecorded()
      .execute('is-waiting', HELLO);
    // No host has this address (RFC 5737). `02` is a connection in the making.
    const { stdout } = await app.exec(
      `curl -m 60 http://192.0.2.1:81 >/dev/null 2>&1 & until grep -q '010200C0:0051 02' /proc/net/tcp || ! kill -0 $!; do :; done; echo tried`,
    );
    expect(stdout).toBe('tried\n');
    await expect(expect(app).toMakeNoTraffic()).rejects.toThrow(
      /^Expected is-waiting to make no traffic\n\nIt tried to reach:\n {2}tcp 192\.0\.2\.1:81, (?:unanswered|refused), by web\/0$/,
    );
  });

  it('says how to record what is not recorded', async () => {
    await using app = await platform.deploy.withBuildpacks(PROCFILE).stage('unwatched', HELLO);
    await expect(expect(app).toMakeNoTraffic()).rejects.toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: 'The traffic of unwatched is not recorded',
        hint: 'Deploy it withTrafficRecorded(), withoutInternetAccess() or withProxy().',
      }) as Error,
    );
  });
});
