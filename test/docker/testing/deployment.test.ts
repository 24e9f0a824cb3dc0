import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlatform, type Deployment, type Platform } from '../../../src/testing/index.ts';
import { buildpack, fixture as path } from '../support/paths.ts';

describe("the article's app, deployed by the testing library", () => {
  let platform: Platform;
  let app: Deployment;

  beforeAll(async () => {
    platform = await createPlatform({ stack: 'cflinuxfs3', stackPolicy: 'stand-in' });
    app = await platform.deploy
      .withBuildpacks(buildpack('config-server-http-buildpack'), buildpack('ruby_buildpack'))
      .withEnv({ MOTTO: 'so it is' })
      .execute('rubyapp', path('apps/rubyapp'));
  });

  afterAll(() => platform.close());

  it('answers requests', async () => {
    const response = await app.fetch('/config');
    expect(await response.json()).toMatchObject({ served_by: 'config-server' });
  });

  it('tells the lines of each phase apart', () => {
    expect(app.stagingLogs.during('finalize').text).toBe('-----> Finalizing Ruby\n');
    expect(app.stagingLogs.during('supply', buildpack('ruby_buildpack')).messages[0]).toBe(
      '-----> Supplying Ruby',
    );
    expect(app.phases.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ['supply', 0],
      ['supply', 0],
      ['finalize', 0],
      ['release', 0],
    ]);
  });

  it('tells the lines of main process and sidecar apart', async () => {
    await app.logs.from('APP/PROC/WEB').waitFor('rubyapp listens on port 8080');
    await app.logs.from('APP/PROC/WEB/SIDECAR/CONFIG-SERVER').waitFor('Starting dummy config-server...');
    expect(app.logs.from('APP/PROC/WEB').includes('Starting dummy')).toBe(false);
  });

  it('shows processes, ports and files', async () => {
    expect((await app.processes()).map(({ command }) => command)).toEqual(
      expect.arrayContaining(['ruby app.rb', 'perl ./config-server']),
    );
    expect(await app.listeningPorts()).toEqual([8080, 8082]);
    expect(await app.files('deps/*/bin/*')).toEqual(['deps/1/bin/ruby']);
    expect(JSON.parse(await app.readFile('staging_info.yml'))).toMatchObject({
      start_command: 'ruby app.rb',
    });
  });

  it('shows the environments of main process and sidecar', async () => {
    expect(await app.env()).toMatchObject({ MOTTO: 'so it is', MEMORY_LIMIT: '224m' });
    expect(await app.env({ process: 'config-server' })).toMatchObject({ MEMORY_LIMIT: '32m' });
  });

  it('runs commands with the environment of the app', async () => {
    const ran = await app.exec('echo $MOTTO $DEPS_DIR; cat; echo oh >&2; exit 3', { stdin: 'in' });
    expect(ran).toEqual({ exitCode: 3, stdout: 'so it is /home/vcap/deps\nin', stderr: 'oh\n' });
  });

  it('reads the droplet', async () => {
    const { droplet } = app;
    expect((await droplet.files()).map((file) => file.path)).toContain('deps/1/bin/ruby');
    expect(await droplet.read('deps/1/config.yml')).toMatch(/^name: ruby\nversion: /);
    expect(await droplet.size()).toBeGreaterThan(1000);
    expect(droplet.result.process_types).toEqual({ web: 'ruby app.rb' });
  });

  it('restages, then tells of the exits of the new run alone', async () => {
    await app.restage();
    expect(app.stagingLogs.messages.filter((line) => line === '-----> Finalizing Ruby')).toHaveLength(1);
    expect(app.exits).toEqual([]);
    const exited = app.exited;
    await app.signal('web', 'SIGTERM');
    expect(await exited).toMatchObject({ process: 'web', exitCode: expect.any(Number) as number });
    expect(await app.until(() => app.crashes.length > 0)).toBe(true);
    expect((await app.fetch('/')).status).toBe(200);
  });

  it('stops and starts', async () => {
    await app.stop();
    expect(app.url).toBe('');
    await app.start();
    expect((await app.fetch('/')).status).toBe(200);
    expect(app.timings.frameworkMs).toBeLessThan(100);
  });
});
