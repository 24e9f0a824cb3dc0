import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, type Deploy, type Platform } from '../../src/testing/index.ts';
import { buildpack, fixture as path } from '../docker/support/paths.ts';
import { dogfoodPlatform } from './platform.ts';

const HELLO = path('apps/hello-web');
const WORKS = path('apps/works-and-serves');
const PROCFILE = buildpack('uses-the-procfile');

let platform: Platform;
let deploy: Deploy;
beforeAll(async () => {
  platform = await dogfoodPlatform({ ruby_buildpack: buildpack('ruby_buildpack'), procfile: PROCFILE });
  deploy = platform.deploy.withBuildpacks('procfile');
});
afterAll(() => platform.close());

describe.concurrent('the default app', () => {
  it('is detected, staged and served', async () => {
    const plain = fixture(WORKS).without('Procfile').with({ 'app.rb': "load 'server.rb'\n" });
    await using app = await platform.deploy.execute('detected', plain);
    expect(app.droplet.result.lifecycle_metadata).toMatchObject({
      detected_buildpack: 'ruby',
      buildpack_key: 'ruby_buildpack',
    });
    expect(app.stagingLogs.during('supply', 'ruby_buildpack')).toContainLines([
      '-----> Supplying Ruby',
      /^ {7}Using Ruby \d+\.\d+\.\d+ of cflinuxfs3$/,
    ]);
    expect(app).toHaveProcess('web', 'ruby app.rb');
    expect(app).toStageWithin(60_000);
    await expect(app).toHaveSupplied('bin/ruby', { buildpack: 'ruby' });
    await expect(app).toBeHealthy();
    expect((await app.fetch('/')).status).toBe(200);
  });

  it('takes variables, memory and a start command', async () => {
    await using app = await deploy
      .withEnv({ GREETING: 'good morning' })
      .withEnv({ OTHER: '$HOME' })
      .withMemory('300M')
      .withStartCommand('echo started by hand; exec perl server.pl')
      .execute('told', HELLO);
    await expect(app).toServe('good morning', { path: '/env/GREETING' });
    await expect(app).toServe('$HOME', { path: '/env/OTHER' });
    await expect(app).toServe('300m', { path: '/env/MEMORY_LIMIT' });
    expect(app.logs.from('APP/PROC/WEB')).toContainLines(['Invoking start command.', 'started by hand']);
  });

  it('answers with its headers, statuses and redirects', async () => {
    await using app = await deploy.execute('headers', WORKS);
    await expect(app).toServe('GET /a?b=c', {
      path: '/a?b=c',
      headers: { 'x-frame-options': 'DENY', server: /WEBrick/ },
    });
    await expect(app).toServe('', {
      path: '/old',
      status: 302,
      headers: { location: /\/new$/ },
      request: { redirect: 'manual' },
    });
    await expect(app).toServe('GET /new', { path: '/old' });
    await expect(app).toServe('', { path: '/teapot', status: 418 });
    await expect(app).toServe('POST /form a=1', { path: '/form', request: { method: 'POST', body: 'a=1' } });
    await expect(app).not.toServe('goodbye');
  });

  it('is asked until it serves what is expected, or with not until it does not', async () => {
    const warmsUp = fixture(HELLO).with({
      'server.pl': (text) => text.replace("'hello'", "(++$main::asked < 4 ? 'not yet' : 'ready')"),
    });
    await using app = await deploy.execute('warms-up', warmsUp);
    await expect(app).not.toServe('not yet');
    await app.restart();
    await expect(app).toServe('ready');
  });

  it('has the services that it is bound to, in staging as well', async () => {
    const curious = fixture(PROCFILE).with({ 'bin/finalize': (text) => `${text}echo "$VCAP_SERVICES"\n` });
    await using app = await platform.deploy
      .withBuildpacks(curious)
      .withServices({ mail: { credentials: { host: 'mail.example.com', port: 25 }, tags: ['smtp'] } })
      .withServices({ monitor: { label: 'dynatrace', credentials: { apitoken: 'secret' } } })
      .execute('services', WORKS);
    const seen = {
      'user-provided': [
        { name: 'mail', tags: ['smtp'], credentials: { host: 'mail.example.com', port: 25 } },
      ],
      dynatrace: [{ name: 'monitor', credentials: { apitoken: 'secret' } }],
    };
    expect(JSON.parse(app.stagingLogs.during('finalize').messages.at(-1) ?? '')).toMatchObject(seen);
    expect(await (await app.fetch('/services')).json()).toMatchObject(seen);
  });

  it('is reached by the other apps of the platform', async () => {
    await using back = await deploy.execute('back', HELLO);
    await using front = await deploy.execute('front', HELLO);
    const { stdout } = await front.exec(`curl -s ${back.internalUrl}/env/VCAP_APPLICATION`);
    expect(JSON.parse(stdout)).toMatchObject({ application_name: 'back' });
  });

  it('shares nothing with an app of the same name on another platform', async () => {
    await using other = await dogfoodPlatform();
    const [mine, theirs] = await Promise.all([
      deploy.withEnv({ WHOSE: 'mine' }).execute('same-name', HELLO),
      other.deploy.withBuildpacks(PROCFILE).withEnv({ WHOSE: 'theirs' }).execute('same-name', HELLO),
    ]);
    await Promise.all([
      expect(mine).toServe('mine', { path: '/env/WHOSE' }),
      expect(theirs).toServe('theirs', { path: '/env/WHOSE' }),
    ]);
    await theirs.delete();
    await expect(mine).toServe('hello');
    await mine.delete();
  });
});

describe.concurrent('health checks', () => {
  it('follow the manifest: an unhealthy instance is replaced', async () => {
    await using app = await deploy.execute('moody', path('apps/moody-web'));
    await expect(app).toBeHealthy();
    await app.fetch('/set/live/500');
    await expect(app).not.toBeHealthy({ within: 15_000 });
    await expect(app).toBeHealthy({ within: 15_000 });
    expect(app.crashes).toMatchObject([
      { process: 'web', reason: expect.stringContaining('Liveness check') as string },
    ]);
  });

  it('are of the type that is asked for', async () => {
    await using app = await deploy
      .withHealthCheck({ type: 'http', endpoint: '/health' })
      .execute('http-check', WORKS);
    await expect(app).toServe('GET /');
    const silent = fixture().with({ Procfile: 'web: sleep 60\n' });
    await using quiet = await deploy.withHealthCheck({ type: 'process' }).execute('process-check', silent);
    await expect(quiet).toBeHealthy();
    expect(await quiet.listeningPorts()).toEqual([]);
  });
});
