import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, type Deploy, type Platform } from '../../src/testing/index.ts';
import { buildpack, fixture as path, recordedBuildpack } from '../docker/support/paths.ts';
import { dogfoodPlatform } from './platform.ts';

const HELLO = path('apps/hello-web');
const WORKS = path('apps/works-and-serves');
const PROCFILE = buildpack('uses-the-procfile');

let platform: Platform;
let deploy: Deploy;
beforeAll(async () => {
  platform = await dogfoodPlatform();
  deploy = platform.deploy.withBuildpacks(PROCFILE);
});
afterAll(() => platform.close());

describe.concurrent('sidecars', () => {
  it("of the manifest run beside the app, with the buildpack's program", async () => {
    await using app = await platform.deploy
      .withBuildpacks(buildpack('config-server-http-buildpack'), buildpack('ruby_buildpack'))
      .withManifest(path('apps/rubyapp/manifest.yml'))
      .execute('rubyapp', path('apps/rubyapp'));
    expect(app).toHaveSidecar('config-server', {
      command: './config-server',
      processTypes: ['web'],
      memory: 32,
    });
    await expect(app).toServe('"served_by":"config-server"', { path: '/config' });
    await expect(app.logs.from('APP/PROC/WEB/SIDECAR/CONFIG-SERVER')).toContainLines(
      ['Starting dummy config-server...'],
      {
        within: 5_000,
      },
    );
    expect(await app.listeningPorts()).toEqual([8080, 8082]);
    expect(await app.env({ process: 'config-server' })).toMatchObject({ MEMORY_LIMIT: '32m' });
  });

  it('of launch.yml are there, and take the app along when they end', async () => {
    await using app = await platform.deploy
      .withBuildpacks(recordedBuildpack('launch-yml-sidecar'), PROCFILE)
      .withMemory('256M')
      .execute('launch-yml', HELLO);
    expect(app).toHaveSidecar('agent', { command: 'sleep 3600', memory: 64 });
    expect(app).toHaveProcess('worker', 'echo supplied worker; sleep 3600');
    expect((await app.processes()).map(({ command }) => command)).toContain('sleep 3600');
    await app.signal('agent', 'SIGKILL');
    await expect(app).toExitWith(137, { process: 'agent' });
    await expect(app).toExitWith(143, { process: 'web' });
    expect(await app.until(() => app.crashes.length === 1)).toBe(true);
    await expect(app).toBeHealthy();
    await expect(app).toServe('hello');
  });

  it('of a final launch.yml make bin/release needless', async () => {
    const app = fixture().with({
      'from-launch-yml': '#!/bin/sh\nexec sleep 60\n',
      sidekick: '#!/bin/sh\nexec sleep 60\n',
    });
    await using staged = await platform.deploy
      .withBuildpacks(recordedBuildpack('final-launch-yml'))
      .stage('final-launch-yml', app.withMode('from-launch-yml', 0o755));
    expect(staged).toHaveProcess('web', './from-launch-yml');
    expect(staged).toHaveSidecar('sidekick', { processTypes: ['web'] });
    expect(staged.phases.map(({ name }) => name)).toEqual(['finalize']);
    expect(await staged.droplet.files()).toContainEqual(
      expect.objectContaining({ path: 'app/from-launch-yml', mode: 0o755 }),
    );
  });
});

describe.concurrent('processes and signals', () => {
  it('runs workers, each with its own log, and lets them finish', async () => {
    await using app = await deploy.withProcess('worker', 2).execute('workers', WORKS);
    const worker = app.logs.from('APP/PROC/WORKER');
    // Both: one that has not begun does not know how to finish.
    const begun = () => worker.messages.filter((line) => line === 'worker begins');
    expect(await app.until(() => begun().length === 2)).toBe(true);
    expect(app.status().processes.map(({ type, instances }) => [type, instances.length])).toEqual([
      ['web', 1],
      ['worker', 2],
    ]);
    await expect(app).toBeHealthy({ process: 'worker' });
    expect((await app.env({ process: 'worker', index: 1 }))['CF_INSTANCE_INDEX']).toBe('1');
    await app.stop();
    expect(worker.messages.filter((line) => line === 'worker has finished its work')).toHaveLength(2);
    await expect(app).toExitWith(7, { process: 'worker' });
    await expect(app).not.toBeHealthy();
  });

  it('ends web in good order when the app is stopped', async () => {
    await using app = await deploy.execute('graceful', WORKS);
    await app.stop();
    await expect(app).toExitWith(0);
    expect(app.logs.from('APP/PROC/WEB')).toContainLines(['web has finished its work', 'Exit status 0']);
  });

  it('takes an end by a signal for a crash and starts a new instance', async () => {
    await using app = await deploy.execute('signalled', WORKS);
    const { exited } = app;
    await app.signal('web', 'SIGKILL');
    expect(await exited).toMatchObject({ process: 'web', index: 0, exitCode: 137 });
    expect(await app.until(() => app.crashes.length === 1)).toBe(true);
    await expect(app).toServe('GET /', { path: '/' });
  });

  it('replaces instances by a restart', async () => {
    await using app = await deploy.execute('restarted', WORKS);
    const before = app.status().processes[0]?.instances[0]?.instanceGuid;
    await app.restart();
    expect(app.status().processes[0]?.instances[0]?.instanceGuid).not.toBe(before);
    expect(app.crashes).toEqual([]);
    await expect(app).toServe('GET /');
  });
});
