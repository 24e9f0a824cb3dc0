import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, type Deployment, type Fixture, type Platform } from '../../src/testing/index.ts';
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

/** Asks the outside for these paths, each with a command of its own. */
function asking(script: string): Fixture {
  return fixture()
    .with({ 'bin/supply': `#!/usr/bin/env bash\nset -eu\n${script}\necho 1.0 >"$3/$4/asked"\n` })
    .withMode('bin/supply', 0o755);
}

async function ask(name: string, script: string, tls: boolean, offline: boolean): Promise<Deployment> {
  const deploy = platform.deploy.withBuildpacks(asking(script), PROCFILE).withProxy({ tls });
  return await (offline ? deploy.withoutInternetAccess() : deploy).stage(name, HELLO);
}

/** What went through the proxy. */
function proxied({ traffic }: Deployment): readonly unknown[] | undefined {
  return traffic
    ?.filter(({ protocol }) => protocol === 'proxy')
    .map(({ request, host, port, answer, source }) => ({
      ...{ request, host, port, answer },
      by: source.kind === 'staging' ? source.phase : source.kind,
    }));
}

describe.concurrent('with a proxy', () => {
  it.each([
    ['http', false, false],
    ['http-offline', false, true],
    ['tls', true, false],
    ['tls-offline', true, true],
  ])('%s: requests and tunnels reach the outside and are recorded', async (name, tls, offline) => {
    const { url, address, port } = outside;
    const here = { host: address, port, answer: 'answered', by: 'supply' };
    const script = [
      'echo "to $http_proxy, $HTTPS_PROXY"',
      `echo "plain: $(curl -sSf '${url}/plain-${name}?a=1')"`,
      `echo "posted: $(head -c 300000 /dev/zero | curl -sSf -T - ${url}/posted-${name})"`,
      `echo "tunnel: $(curl -sSf -p ${url}/tunnel-${name})"`,
    ].join('\n');
    await using app = await ask(name, script, tls, offline);
    const scheme = tls ? 'https' : 'http';
    expect(app.stagingLogs.during('supply').stdout).toContainLines([
      new RegExp(String.raw`^to (${scheme}://proxy-\w+\.cfstage\.internal:3128), \1$`),
      'plain: from the outside',
      'posted: from the outside',
      'tunnel: from the outside',
    ]);
    expect(outside.requests).toEqual(
      expect.arrayContaining([`GET /plain-${name}?a=1`, `PUT /posted-${name}`, `GET /tunnel-${name}`]),
    );
    expect(proxied(app)).toEqual([
      { request: `GET ${url}/plain-${name}?a=1`, ...here },
      { request: `PUT ${url}/posted-${name}`, ...here },
      { request: `CONNECT ${address}:${port}`, ...here },
    ]);
  });

  it('what cannot be reached, and the machine of the proxy, is refused and recorded', async () => {
    const script = [
      `echo "name: $(curl -sS -x "$http_proxy" -w '%{http_code}' http://nowhere.invalid/)"`,
      `echo "loopback: $(curl -sS --noproxy none -w '%{http_code}' http://127.0.0.1:${outside.port}/)"`,
      `! curl -sS http://127.0.0.1:${outside.port}/ || exit 1`,
      `! curl -sS --max-time 3 --noproxy '*' ${outside.url}/past-the-proxy || exit 1`,
    ].join('\n');
    await using app = await ask('refused', script, false, true);
    const messages = app.stagingLogs.during('supply').messages;
    expect(messages.filter((line) => line.endsWith('502'))).toHaveLength(2);
    const refused = { answer: 'refused', by: 'supply' };
    expect(proxied(app)).toEqual([
      { request: 'GET http://nowhere.invalid/', host: 'nowhere.invalid', port: 80, ...refused },
      {
        request: `GET http://127.0.0.1:${outside.port}/`,
        ...{ host: '127.0.0.1', port: outside.port, ...refused },
      },
    ]);
    expect(outside.requests).not.toContain('GET /past-the-proxy');
  });
});
