import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addAppFlags,
  addProxyFlag,
  addRunFlags,
  toRequest,
  type PushFlags,
} from '../../../src/cli/push-flags.ts';
import type { PushRequest } from '../../../src/app/request.ts';

/** The request that a command line makes; throws what commander does for wrong usage. */
function request(...argv: readonly string[]): PushRequest {
  const command = addRunFlags(addProxyFlag(addAppFlags(new Command('push').argument('[app]'))))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse([...argv], { from: 'user' });
  return toRequest(command.args[0], command.opts<PushFlags>(), '/work');
}

describe('push flags', () => {
  it('say nothing when there are none', () => {
    expect(request()).toMatchObject({
      cwd: '/work',
      vars: [],
      varsFiles: [],
      overrides: {},
      localBuildpacks: new Map(),
      detect: false,
      clearCache: false,
      port: 0,
      portShape: 'envoy',
    });
    expect(request()).not.toHaveProperty('appName');
    expect(request()).not.toHaveProperty('stackPolicy');
  });

  it.each<{ argv: readonly string[]; expected: object }>([
    { argv: ['my-app'], expected: { appName: 'my-app' } },
    { argv: ['-f', 'm.yml'], expected: { manifestFile: 'm.yml' } },
    { argv: ['-p', 'dist'], expected: { path: 'dist' } },
    { argv: ['-b', 'one', '--buildpack', 'two'], expected: { overrides: { buildpacks: ['one', 'two'] } } },
    { argv: ['-s', 'cflinuxfs3'], expected: { overrides: { stack: 'cflinuxfs3' } } },
    { argv: ['-c', 'null'], expected: { overrides: { startCommand: 'null' } } },
    { argv: ['-m', '1G', '-k', '512M'], expected: { overrides: { memory: '1G', disk: '512M' } } },
    { argv: ['-i', '2'], expected: { overrides: { instances: '2' } } },
    { argv: ['-l', '16K'], expected: { overrides: { logRateLimit: '16K' } } },
    { argv: ['-l', '-1'], expected: { overrides: { logRateLimit: '-1' } } },
    { argv: ['-l=-1'], expected: { overrides: { logRateLimit: '-1' } } },
    { argv: ['--log-rate-limit=0'], expected: { overrides: { logRateLimit: '0' } } },
    {
      argv: ['-u', 'http', '--endpoint', '/up'],
      expected: { overrides: { healthCheckType: 'http', endpoint: '/up' } },
    },
    { argv: ['-t', '2'], expected: { overrides: { startTimeout: '2' } } },
    { argv: ['my-app', '--proxy'], expected: { appName: 'my-app', proxy: { tls: false } } },
    { argv: ['--proxy=tls', 'my-app'], expected: { appName: 'my-app', proxy: { tls: true } } },
    { argv: ['--no-route'], expected: { overrides: { noRoute: true } } },
    { argv: ['--random-route'], expected: { overrides: { randomRoute: true } } },
    { argv: ['--env', 'A=1', '--env', 'B=x=y'], expected: { overrides: { env: ['A=1', 'B=x=y'] } } },
    {
      argv: ['--var', 'a=1', '--var', 'b=2', '--vars-file', 'v.yml'],
      expected: { vars: ['a=1', 'b=2'], varsFiles: ['v.yml'] },
    },
    { argv: ['--local-buildpack', 'ruby=./rb'], expected: { localBuildpacks: new Map([['ruby', './rb']]) } },
    {
      argv: ['--local-buildpack', 'https://h/bp.git?a=b=./bp', '--local-buildpack', 'x=y'],
      expected: {
        localBuildpacks: new Map([
          ['https://h/bp.git?a=b', './bp'],
          ['x', 'y'],
        ]),
      },
    },
    { argv: ['--detect', '--clear-cache'], expected: { detect: true, clearCache: true } },
    { argv: ['--staging-timeout', '1.5'], expected: { stagingTimeoutSeconds: 1.5 } },
    { argv: ['--stack-policy', 'pull'], expected: { stackPolicy: 'pull' } },
    { argv: ['--ca-cert', 'ca.pem'], expected: { caCert: 'ca.pem' } },
    { argv: ['--port', '8080', '--instance-ports', 'plain'], expected: { port: 8080, portShape: 'plain' } },
  ])('$argv', ({ argv, expected }) => {
    expect(request(...argv)).toMatchObject(expected);
  });

  it.each([
    ['--port', '0'],
    ['--port', '65536'],
    ['--port', 'http'],
    ['--staging-timeout', '0'],
    ['--staging-timeout', 'soon'],
    ['--stack-policy', 'guess'],
    ['--instance-ports', 'both'],
    ['--local-buildpack', 'name'],
    ['--local-buildpack', '=path'],
    ['--local-buildpack', 'name='],
    ['--unknown'],
    ['-b'],
  ])('refuse %s %s', (...argv) => {
    expect(() => request(...argv)).toThrow();
  });
});
