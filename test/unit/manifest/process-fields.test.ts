import { describe, expect, it } from 'vitest';
import { messagesOf, parseApp } from './manifest-text.ts';

const UNIT = 'must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB';

const FAULTS = [
  ['command: 42', 'Command must be a string'],
  ['command: ""', 'Command must be between 1 and 4096 characters'],
  [`command: ${'a'.repeat(4097)}`, 'Command must be between 1 and 4096 characters'],
  ['instances: silly', 'Instances is not a number'],
  ['instances: [1]', 'Instances is not a number'],
  ['instances: 3.5', 'Instances must be an integer'],
  ['instances: -1', 'Instances must be greater than or equal to 0'],
  ['instances: 2000001', 'Instances must be less than or equal to 2000000'],
  ['memory: 200INVALID', `Memory ${UNIT}`],
  ['memory: 120', `Memory ${UNIT}`],
  ['memory: potato', 'Memory is not a number'],
  ['memory: [1M]', 'Memory must be a string'],
  ['memory: -1MB', 'Memory must be greater than 0MB'],
  ['memory: -35B', 'Memory must be greater than 0MB'],
  ['memory: 1023K', 'Memory must be greater than 0MB'],
  ['disk-quota: "200INVALID"', `Disk quota ${UNIT}`],
  ['disk_quota: "100"', `Disk quota ${UNIT}`],
  ['disk_quota: potato', 'Disk quota is not a number'],
  ['disk_quota: 0M', 'Disk quota must be greater than 0MB'],
  ['disk_quota: 3G', 'disk_quota too much disk requested (requested 3072 MB - must be less than 2048 MB)'],
  ['disk_quota: 1G\ndisk-quota: 1G', 'cannot define both `disk_quota` and `disk-quota`'],
  ['log-rate-limit-per-second: 9999', `Log rate limit per second ${UNIT}`],
  ['log-rate-limit-per-second: kumara', 'Log rate limit per second is not a number'],
  ['log-rate-limit-per-second: -1M', 'Log rate limit must be an integer greater than or equal to -1'],
  ['log-rate-limit-per-second: -2B', 'Log rate limit must be an integer greater than or equal to -1'],
  ['health-check-type: sweet_potato', 'Health check type must be "port", "process", or "http"'],
  ['health-check-type: http', 'HTTP health check endpoint is not a valid URI path: '],
  ['health-check-http-endpoint: a b', 'Health check http endpoint must be a valid URI path'],
  ['health-check-http-endpoint: //x', 'Health check http endpoint must be a valid URI path'],
  [
    'health-check-type: port\nhealth-check-http-endpoint: /ok',
    'Health check type must be "http" to set a health check HTTP endpoint',
  ],
  [
    'health-check-invocation-timeout: 0',
    'Health check invocation timeout must be greater than or equal to 1',
  ],
  ['health-check-invocation-timeout: yucca', 'Health check invocation timeout is not a number'],
  ['health-check-interval: -1', 'Health check interval must be greater than or equal to 1'],
  ['health-check-interval: 1.5', 'Health check interval must be an integer'],
  ['timeout: 0', 'Timeout must be greater than or equal to 1'],
  ['timeout: yam', 'Timeout is not a number'],
  ['timeout: 181', 'Maximum exceeded: max 180s'],
  ['readiness-health-check-type: none', 'Readiness health check type must be "port", "process", or "http"'],
  ['readiness-health-check-type: http', 'HTTP readiness health check endpoint is not a valid URI path: '],
  [
    'readiness-health-check-type: port\nreadiness-health-check-http-endpoint: /ok',
    'Readiness health check type must be "http" to set a health check HTTP endpoint',
  ],
  [
    'readiness-health-check-http-endpoint: potato potahto',
    'Readiness health check http endpoint must be a valid URI path',
  ],
  [
    'readiness-health-check-invocation-timeout: -8',
    'Readiness health check invocation timeout must be greater than or equal to 1',
  ],
  ['readiness-health-check-interval: yucca', 'Readiness health check interval is not a number'],
] as const;

function asItem(type: string, yaml: string): string {
  return `processes:\n- type: ${type}\n  ${yaml.replaceAll('\n', '\n  ')}`;
}

describe('faults of processes', () => {
  it.each(FAULTS)('of the app: %s', (yaml, message) => {
    expect(messagesOf(() => parseApp(yaml))).toEqual([`For application 'x': Process "web": ${message}`]);
  });

  it.each(FAULTS)('of an item: %s', (yaml, message) => {
    expect(messagesOf(() => parseApp(asItem('worker', yaml)))).toEqual([
      `For application 'x': Process "worker": ${message}`,
    ]);
  });

  it.each([
    ['app', 'disk_quota: 512', 'Process "web": `disk_quota` must be a string'],
    ['app', 'disk-quota: 512', `Process "web": Disk quota ${UNIT}`],
    ['item', asItem('w', 'disk-quota: 512'), 'Process "w": `disk-quota` must be a string'],
    ['item', asItem('w', 'disk_quota: 512'), `Process "w": Disk quota ${UNIT}`],
    ['item', asItem('w', 'user: ""'), 'Process "w": User must be between 1 and 255 characters'],
    ['item', asItem('w', 'user: 5'), 'Process "w": User must be a string'],
  ])('of an %s: %s', (_, yaml, message) => {
    expect(messagesOf(() => parseApp(yaml))).toEqual([`For application 'x': ${message}`]);
  });

  it('are all told, in the order of the file', () => {
    const yaml = asItem('a', 'instances: -30\nmemory: potato\ncommand: ""\ntimeout: yam');
    expect(messagesOf(() => parseApp('stack: [s]', yaml))).toEqual([
      "For application 'x': Stack must be a string",
      'For application \'x\': Process "a": Instances must be greater than or equal to 0',
      'For application \'x\': Process "a": Memory is not a number',
      'For application \'x\': Process "a": Command must be between 1 and 4096 characters',
      'For application \'x\': Process "a": Timeout is not a number',
    ]);
  });
});

describe('process attributes', () => {
  const [web] = parseApp().processes;

  it.each([
    ['command: rackup', { command: 'rackup' }],
    ['command: null', {}],
    ['command: "null"', {}],
    ['command: default', {}],
    ['instances: 0', { instances: 0 }],
    ['instances: "3"', { instances: 3 }],
    ['memory: 256M', { memoryMb: 256 }],
    ['memory: 1.5GB', { memoryMb: 1536 }],
    ['memory:', {}],
    ['disk_quota: 512M', { diskMb: 512 }],
    ['disk-quota: 2G', { diskMb: 2048 }],
    ['diskQuota: 2G', { diskMb: 2048 }],
    ['log-rate-limit-per-second: 16K', { logRateLimitBytes: 16384 }],
    ['log_rate_limit_per_second: -1', { logRateLimitBytes: -1 }],
    ['log-rate-limit-per-second: -1B', { logRateLimitBytes: -1 }],
    ['log-rate-limit-per-second: "0"', { logRateLimitBytes: 0 }],
    ['log-rate-limit-per-second: 0TB', { logRateLimitBytes: 0 }],
    ['health-check-type: none', { healthCheck: { ...web?.healthCheck, type: 'process' } }],
    ['health-check-type: ""', {}],
    [
      'health_check_type: http\nhealth_check_http_endpoint: /ok\nhealth-check-interval: 5\nhealth-check-invocation-timeout: 2\ntimeout: 180',
      {
        healthCheck: {
          type: 'http',
          endpoint: '/ok',
          timeoutSeconds: 180,
          invocationTimeoutSeconds: 2,
          intervalSeconds: 5,
        },
      },
    ],
    [
      'readiness-health-check-type: http\nreadiness-health-check-http-endpoint: /\nreadiness-health-check-interval: 7\nreadiness-health-check-invocation-timeout: 3',
      { readiness: { type: 'http', endpoint: '/', invocationTimeoutSeconds: 3, intervalSeconds: 7 } },
    ],
  ])('%s', (yaml, expected) => {
    expect(parseApp(yaml).processes).toEqual([{ ...web, ...expected }]);
    expect(parseApp(asItem('web', yaml)).processes).toEqual([{ ...web, ...expected }]);
  });

  it('other types have no instance and no check', () => {
    expect(parseApp('processes: [{type: worker, user: me}]').processes).toEqual([
      web,
      {
        ...web,
        type: 'worker',
        user: 'me',
        instances: 0,
        healthCheck: { ...web?.healthCheck, type: 'process' },
      },
    ]);
  });

  it('a web item makes those of the app count for nothing', () => {
    const app = parseApp('memory: 64M', 'instances: many', 'processes: [{type: a}, {type: web, command: c}]');
    expect(app.processes.map(({ type, memoryMb, command }) => ({ type, memoryMb, command }))).toEqual([
      { type: 'web', memoryMb: 1024, command: 'c' },
      { type: 'a', memoryMb: 1024, command: undefined },
    ]);
  });

  it('a web item does not save the app from badly formed sizes', () => {
    expect(messagesOf(() => parseApp('memory: potato', 'processes: [{type: web}]'))).toEqual([
      'For application \'x\': Process "web": Memory is not a number',
    ]);
  });
});
