import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, StagingError, type Deploy, type Platform } from '../../src/testing/index.ts';
import { dogfoodPlatform } from './platform.ts';
import { buildpack, fixture as path } from '../docker/support/paths.ts';

const TOOL = buildpack('installs-a-tool');
const HELLO = path('apps/hello-web');
const PROCFILE = buildpack('uses-the-procfile');

let platform: Platform;
let deploy: Deploy;
beforeAll(async () => {
  platform = await dogfoodPlatform();
  deploy = platform.deploy.withBuildpacks(TOOL, PROCFILE);
});
afterAll(() => platform.close());

describe.concurrent('the buildpack that installs a tool', () => {
  it('takes it from its cache when the app is restaged', async () => {
    await using app = await deploy.execute('cached', HELLO);
    expect(app.stagingLogs.during('supply')).toContainLines([
      '-----> Installing tool-1.0',
      /^ {7}Copy \[.*\/dependencies\/tool-1\.0\]$/,
    ]);
    expect(app).not.toHaveUsedCache();
    await app.restage();
    expect(app.stagingLogs.during('supply')).toContainLines([
      '-----> Installing tool-1.0',
      /^ {7}Copy \[\/tmp\/cache\/[0-9a-f]+\/tool-1\.0\]$/,
    ]);
    expect(app).toHaveUsedCache();
    await expect(app).toServe('hello');
  });

  it('takes it from the cache of before when a new version of the app is deployed', async () => {
    await using before = await deploy.execute('next-version', HELLO);
    const changed = fixture(HELLO).with({ 'server.pl': (text) => text.replace("'hello'", "'hello again'") });
    await using after = await deploy.execute('next-version', changed);
    expect(after).toHaveUsedCache();
    await expect(after).toServe('hello again');
    expect(await before.until(() => before.exits.length > 0)).toBe(true);
  });

  it('is found out when it forgets its cache', async () => {
    const forgetful = fixture(TOOL).with({
      'bin/supply': (text) =>
        text.replace('echo "-----> Installing', 'rm -f "$cache_dir"/*\necho "-----> Installing'),
    });
    await using app = await platform.deploy.withBuildpacks(forgetful, PROCFILE).execute('forgetful', HELLO);
    await app.restage();
    expect(app.staging.cacheUse).toMatchObject({ tellsReads: true, read: [], moved: [] });
    expect(() => expect(app).toHaveUsedCache()).toThrow(
      // The folder of a buildpack's cache is named by a hash, before `final` or after it.
      /Expected the app to have used its build cache[^]*0 of them were read\.[^]*2 of them were overwritten:\n(?= *[^]*final\/staged-before\n)(?=[^]* {2}[0-9a-f]+\/tool-1\.0\n)/,
    );
  });

  it('is seen to move a file out of its cache', async () => {
    const moving = fixture(TOOL).with({
      'bin/supply': (text) =>
        text.replace('echo "       Copy [$cached]"', 'mv "$cached" "$1/moved"; cp "$1/moved" "$cached"'),
    });
    await using app = await platform.deploy.withBuildpacks(moving, PROCFILE).execute('moving', HELLO);
    await app.restage();
    expect(app.staging.cacheUse?.moved).toEqual([expect.stringMatching(/\/tool-1\.0$/)]);
    expect(app).toHaveUsedCache();
  });

  it('refuses a dependency with another checksum', async () => {
    const tampered = fixture(TOOL).with({ 'dependencies/tool-1.0': '#!/bin/sh\necho evil\n' });
    const actual = createHash('sha256').update('#!/bin/sh\necho evil\n').digest('hex');
    await expect(platform.deploy.withBuildpacks(tampered, PROCFILE).execute('tampered', HELLO)).toFailStaging(
      {
        phase: 'supply',
        exitCode: 225,
        status: 1,
        log: new RegExp(`dependency sha256 mismatch: expected sha256 [0-9a-f]{64}, actual sha256 ${actual}`),
      },
    );
  });

  it('leaves the files of the app as they are', async () => {
    await using app = await deploy.stage('untouched', HELLO);
    const sum = (content: Buffer) => createHash('sha256').update(content).digest('hex');
    expect(sum(await app.droplet.readBytes('app/server.pl'))).toBe(sum(await readFile(`${HELLO}/server.pl`)));
    expect(app.isRunning).toBe(false);
    await app.start();
    await expect(app).toServe('hello');
  });

  it('supplies the tool for the app, beside other buildpacks', async () => {
    await using app = await deploy.execute('multi', HELLO);
    await expect(app).toHaveSupplied('bin/tool');
    await expect(app).toHaveSupplied('bin/tool', { buildpack: TOOL });
    await expect(app).not.toHaveSupplied('bin/tool', { buildpack: PROCFILE });
    expect(await app.exec('$DEPS_DIR/0/bin/tool')).toMatchObject({
      stdout: 'This is tool 1.0\n',
      exitCode: 0,
    });
    expect(app.droplet.result.lifecycle_metadata.buildpacks).toMatchObject([
      { name: 'tool', version: '1.0' },
      {},
    ]);
  });

  it('is seen to change only what it should', async () => {
    await using recording = await dogfoodPlatform({}, { recordChanges: true });
    await using app = await recording.deploy.withBuildpacks(TOOL, PROCFILE).stage('recorded', HELLO);
    const [supply] = app.phases;
    const changed = (supply?.files ?? []).filter(({ after }) => after?.type === 'file');
    expect(changed.map(({ tree, path: file }) => `${tree} ${file}`)).toEqual([
      expect.stringMatching(/^cache [0-9a-f]+\/tool-1\.0$/),
      'deps 0/bin/tool',
      'deps 0/config.yml',
    ]);
  });

  it('installs another tool when a buildpack before it overrides it', async () => {
    await using app = await platform.deploy
      .withBuildpacks(buildpack('overrides-the-tool'), TOOL, PROCFILE)
      .execute('overridden', HELLO);
    expect(app.stagingLogs).toContainLines([
      '-----> Overridden by buildpack 0',
      '-----> Installing tool-1.1',
    ]);
    expect(await app.exec('$DEPS_DIR/1/bin/tool')).toMatchObject({ stdout: 'This is tool 1.1\n' });
  });

  it('refuses an override with a wrong checksum', async () => {
    const wrong = fixture(buildpack('overrides-the-tool')).with({
      override: 'tool-1.1 0000 http://tools.example.com/\n',
    });
    const failing = platform.deploy.withBuildpacks(wrong, TOOL, PROCFILE).execute('wrong-override', HELLO);
    const error: unknown = await failing.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StagingError);
    await expect(error).toFailStaging({ buildpack: TOOL, log: /sha256 mismatch: expected sha256 0000,/ });
    expect((error as StagingError).stagingLogs.stdout).toContainLines([
      '-----> Overridden by buildpack 0',
      '-----> Installing tool-1.1',
    ]);
  });
});
