import { describe, expect, it } from 'vitest';
import { applyOverrides, type Overrides } from '../../../src/manifest/apply-overrides.ts';
import { defaultProcess } from '../../../src/manifest/manifest.ts';
import { failureOf, parseApp } from './manifest-text.ts';

const APP = parseApp(
  'stack: s',
  'buildpacks: [a]',
  'routes: [{route: r.example.com}]',
  'env: {A: a, B: b}',
  'processes: [{type: worker, memory: 32M}, {type: web, command: c, memory: 64M}]',
);
const [WEB, WORKER] = APP.processes;
const HTTP = parseApp('health-check-type: http', 'health-check-http-endpoint: /old');

describe('flags of the app', () => {
  it.each([
    [{}, {}],
    [{ buildpacks: [] }, {}],
    [{ buildpacks: ['x', 'y'] }, { buildpacks: ['x', 'y'] }],
    [{ buildpacks: ['null'] }, { buildpacks: [] }],
    [{ buildpacks: ['default', 'x'] }, { buildpacks: [] }],
    [{ stack: 't' }, { stack: 't' }],
    [{ noRoute: true }, { noRoute: true, defaultRoute: false }],
    [{ noRoute: false }, {}],
    [{ randomRoute: true }, { randomRoute: true, defaultRoute: false }],
    [{ env: ['B=c', 'C=d=e', 'D=', 'C=f'] }, { env: { A: 'a', B: 'c', C: 'f', D: '' } }],
  ])('%j', (flags, expected) => {
    expect(applyOverrides(APP, flags)).toEqual({ ...APP, ...expected });
  });
});

describe('--process', () => {
  it.each([
    [['worker=2'], [WEB, { ...WORKER, instances: 2 }]],
    [
      ['web=3', 'worker=1'],
      [
        { ...WEB, instances: 3 },
        { ...WORKER, instances: 1 },
      ],
    ],
    [['clock=1'], [WEB, WORKER, { ...defaultProcess('clock'), instances: 1 }]],
    [['a=b=1'], [WEB, WORKER, { ...defaultProcess('a=b'), instances: 1 }]],
  ])('%j', (processes, expected) => {
    expect(applyOverrides(APP, { processes })).toEqual({ ...APP, processes: expected });
  });

  it.each(['worker', 'worker=', '=1', 'worker=-1', 'worker=one'])('%s is not one', (flag) => {
    expect(() => applyOverrides(APP, { processes: [flag] })).toThrow('--process takes TYPE=COUNT');
  });
});

describe('flags of the web process', () => {
  it.each([
    [{ startCommand: 'd' }, { command: 'd' }],
    [{ startCommand: 'null' }, { command: undefined }],
    [{ startCommand: 'default' }, { command: undefined }],
    [{ memory: '1G' }, { memoryMb: 1024 }],
    [{ memory: '100mb' }, { memoryMb: 100 }],
    [{ disk: '2G' }, { diskMb: 2048 }],
    [{ instances: '0' }, { instances: 0 }],
    [{ instances: '4' }, { instances: 4 }],
    [{ logRateLimit: '16K' }, { logRateLimitBytes: 16384 }],
    [{ logRateLimit: '-1' }, { logRateLimitBytes: -1 }],
    [{ logRateLimit: '0' }, { logRateLimitBytes: 0 }],
    [{ startTimeout: '180' }, { healthCheck: { ...WEB?.healthCheck, timeoutSeconds: 180 } }],
    [{ healthCheckType: 'PROCESS' }, { healthCheck: { ...WEB?.healthCheck, type: 'process' } }],
    [{ healthCheckType: 'none' }, { healthCheck: { ...WEB?.healthCheck, type: 'process' } }],
    [
      { healthCheckType: 'http', endpoint: '/ok' },
      { healthCheck: { ...WEB?.healthCheck, type: 'http', endpoint: '/ok' } },
    ],
  ])('%j', (flags, expected) => {
    expect(applyOverrides(APP, flags)).toEqual({ ...APP, processes: [{ ...WEB, ...expected }, WORKER] });
  });

  it.each([
    [{}, { type: 'http', endpoint: '/old' }],
    [{ endpoint: '/new' }, { type: 'http', endpoint: '/new' }],
    [{ healthCheckType: 'port' }, { type: 'port', endpoint: undefined }],
  ])('over an http check: %j', (flags, expected) => {
    const { type, endpoint } = applyOverrides(HTTP, flags).processes[0]?.healthCheck ?? {};
    expect({ type, endpoint }).toEqual(expected);
  });
});

describe('flags that do not fit', () => {
  const megabytes = 'Byte quantity must be an integer with a unit of measurement like M, MB, G, or GB';
  const bytes = 'Byte quantity must be an integer with a unit of measurement like B, K, KB, M, MB, G, or GB';

  it.each<readonly [Overrides, string]>([
    ...['512', '1.5G', '0M', '-1M', '10K', 'abc'].map((memory) => [{ memory }, megabytes] as const),
    [{ disk: '512' }, megabytes],
    [{ disk: '3G' }, 'disk_quota too much disk requested (requested 3072 MB - must be less than 2048 MB)'],
    ...['-1', 'x', '', '1.5'].map(
      (instances) => [{ instances }, "invalid argument for flag '-i' (expected int > 0)"] as const,
    ),
    ...['16', '1.5K', 'x', '-2K'].map((logRateLimit) => [{ logRateLimit }, bytes] as const),
    ...['0', '-1', 'x', ''].map(
      (startTimeout) => [{ startTimeout }, 'Value must be greater than or equal to 1.'] as const,
    ),
    [{ startTimeout: '181' }, 'Maximum exceeded: max 180s'],
    [{ healthCheckType: 'banana' }, 'HEALTH_CHECK_TYPE must be "port", "process", or "http"'],
    [
      { healthCheckType: 'http' },
      "'--endpoint' and '--health-check-type=http, -u=http' must be used together.",
    ],
    [
      { healthCheckType: 'port', endpoint: '/' },
      "'--health-check-type=http, -u=http' and '--endpoint' must be used together.",
    ],
    [
      { endpoint: '/' },
      'The flag option --endpoint cannot be used with the manifest property health-check-type set to port',
    ],
    [{ healthCheckType: 'http', endpoint: 'x' }, 'Health check http endpoint must be a valid URI path'],
    [
      { noRoute: true, randomRoute: true },
      'The following arguments cannot be used together: --no-route, --random-route',
    ],
  ])('%j', (flags, message) => {
    const failure = failureOf(() => applyOverrides(APP, flags));
    expect([failure.code, failure.message]).toEqual(['USAGE', `Incorrect Usage: ${message}`]);
  });

  it('-b with a docker image', () => {
    const failure = failureOf(() => applyOverrides(parseApp('docker: {image: i}'), { buildpacks: ['b'] }));
    expect([failure.code, failure.message]).toEqual([
      'USAGE',
      'Incorrect Usage: The flag option --buildpack, -b cannot be used with the manifest property docker',
    ]);
  });

  it.each([
    ['A', "Expected env 'A' to be in format 'NAME=value'"],
    ['=v', 'Env key must be a minimum length of 1'],
    ['PORT=1', 'Env cannot set PORT'],
    ['VCAP_A=1', 'Env cannot start with VCAP_'],
    ['vmc=1', 'Env cannot start with VMC_'],
  ])('--env %s', (flag, message) => {
    const failure = failureOf(() => applyOverrides(APP, { env: [flag] }));
    expect([failure.code, failure.message]).toEqual(['ENV_INVALID', message]);
  });
});
