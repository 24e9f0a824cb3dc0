import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, type Fixture, type Platform } from '../../src/testing/index.ts';
import { buildpack, fixture as path } from '../docker/support/paths.ts';
import { dogfoodPlatform } from './platform.ts';

const HELLO = path('apps/hello-web');
const PROCFILE = buildpack('uses-the-procfile');
const TOOL = buildpack('installs-a-tool');

let platform: Platform;
let server: Server;
/** Brings no tool along and has to download it from this machine. */
let uncached: Fixture;

beforeAll(async () => {
  platform = await dogfoodPlatform();
  const tool = await readFile(`${TOOL}/dependencies/tool-1.0`);
  server = createServer((_, response) => response.end(tool)).listen(0, '0.0.0.0');
  await once(server, 'listening');
  // It stays: the address is that of the platform's network, which lasts as long as an app.
  const probe = await platform.deploy.withBuildpacks(PROCFILE).execute('probe', HELLO);
  const host = (await probe.env())['CF_INSTANCE_IP'] ?? '';
  const uri = `http://${host}:${(server.address() as AddressInfo).port}/tool-1.0`;
  uncached = fixture(TOOL)
    .without('dependencies')
    .with({ manifest: (text) => text.replace(/http:\S+/, uri) });
});
afterAll(async () => {
  server.close();
  await platform.close();
});

describe.concurrent('without internet access', () => {
  it('a buildpack that downloads works with it and fails without', async () => {
    const deploy = platform.deploy.withBuildpacks(uncached, PROCFILE);
    await using online = await deploy.stage('online', HELLO);
    expect(online.stagingLogs.during('supply')).toContainLines([
      '-----> Installing tool-1.0',
      /^ {7}Download \[/,
    ]);
    await expect(deploy.withoutInternetAccess().stage('offline', HELLO)).toFailStaging({
      phase: 'supply',
      log: /^curl: /,
    });
  });

  it('a buildpack that brings all along works, and its app is served', async () => {
    await using app = await platform.deploy
      .withBuildpacks(TOOL, PROCFILE)
      .withoutInternetAccess()
      .execute('cached-offline', HELLO);
    await expect(app).toServe('hello');
    const { exitCode } = await app.exec('curl -s --max-time 5 http://tools.example.com/');
    expect(exitCode).not.toBe(0);
  });
});
