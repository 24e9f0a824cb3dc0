import { get } from 'node:http';
import { expect } from 'vitest';
import { buildpack, fixture } from './support/paths.ts';
import type { Running } from './support/running.ts';
import { STAND_IN, test, type Workplace } from './support/workplace.ts';

/** A request to the router with a host name in its header, so that no name has to be resolved. */
function ask(port: string, host: string, path = '/'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, headers: { host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}

async function routerPort(push: Running): Promise<string> {
  const [, port = ''] = await push.says(/^routes:\s+http:\/\/[^:\s]+:(\d+)/m);
  return port;
}

function startMoody(place: Workplace, ...more: readonly string[]): Running {
  const flags = ['--manifest', fixture('apps/moody-web'), '--buildpack', buildpack('uses-the-procfile')];
  return place.start(['push', place.app, ...STAND_IN, ...flags, ...more]);
}

test('apps of two terminals share one router, which logs for each in its own log', async ({ place }) => {
  const first = await place.pushHelloWeb('--env', 'WHO=first');
  const port = await routerPort(first);
  const second = place.start([
    'push',
    `${place.app}-b`,
    ...STAND_IN,
    ...[
      '--path',
      fixture('apps/hello-web'),
      '--buildpack',
      buildpack('uses-the-procfile'),
      '--env',
      'WHO=second',
    ],
  ]);
  await second.url();
  expect(await routerPort(second)).toBe(port);

  expect(await ask(port, `${place.app}.localhost`, '/env/WHO')).toEqual({ status: 200, body: 'first' });
  expect(await ask(port, `${place.app}-b.localhost`, '/env/WHO')).toEqual({ status: 200, body: 'second' });
  expect(await ask(port, 'nobody.localhost')).toEqual({
    status: 404,
    body: "404 Not Found: Requested route ('nobody.localhost') does not exist.\n",
  });

  await first.says(/\[RTR\/0\] OUT .*"GET \/env\/WHO HTTP\/1.1" 200 /);
  const { stdout } = await place.succeed(['logs', `${place.app}-b`, '--recent']);
  expect(stdout).toMatch(/\[RTR\/0\] OUT .*"GET \/env\/WHO HTTP\/1.1" 200 /);
  expect(first.output).not.toContain(`${place.app}-b.localhost`);

  // Whoever was the router goes; the other one takes its place on the same port.
  await first.end();
  await expect
    .poll(() => ask(port, `${place.app}-b.localhost`).catch(() => undefined))
    .toMatchObject({ status: 200 });
  await second.end();
});

test('a failed readiness check takes an instance off the router until it passes again', async ({ place }) => {
  const push = startMoody(place);
  const url = await push.url();
  const port = await routerPort(push);
  await push.says('marked ready and added to route pool');
  await expect.poll(() => ask(port, `${place.app}.localhost`)).toMatchObject({ status: 200 });
  await fetch(`${url}/set/ready/500`);
  await push.says('[HEALTH/0] OUT Container failed the readiness health check.');
  await expect.poll(() => ask(port, `${place.app}.localhost`)).toMatchObject({ status: 503 });
  await fetch(`${url}/set/ready/200`);
  await expect.poll(() => ask(port, `${place.app}.localhost`)).toMatchObject({ status: 200 });
  expect(await push.end()).toMatchObject({ exitCode: 0 });
});

test('one failed liveness check ends the instance, in the words of a cell', async ({ place }) => {
  const push = startMoody(place, '--no-restart');
  await fetch(`${await push.url()}/set/live/500`);
  const { exitCode, stdout, stderr } = await push.ended;
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /\[HEALTH\/0\] ERR Liveness check unsuccessful: failed to make HTTP request to '\/live' on port 8080: received status code 500 in \d+ms/,
  );
  expect(stdout).toContain('[CELL/0] ERR Container became unhealthy');
  expect(stderr).toContain('FAILED (APP_CRASHED)');
  expect(stderr).toContain('Instance became unhealthy: Liveness check unsuccessful');
});
