import { describe, expect, it } from 'vitest';
import { databaseUrl } from '../../../src/lifecycle/database-url.ts';
import { depsIndex } from '../../../src/lifecycle/deps-index.ts';
import { instancePortVariables, portMappings } from '../../../src/lifecycle/instance-ports.ts';
import {
  cellSource,
  healthSource,
  processSource,
  sidecarSource,
  taskSource,
} from '../../../src/lifecycle/log-sources.ts';
import { mainMemoryMb, sidecarMemoryProblem } from '../../../src/lifecycle/memory-limit.ts';
import { mergeSidecars, sidecarsOf } from '../../../src/lifecycle/sidecar-conflicts.ts';
import { parseStagingInfo } from '../../../src/lifecycle/staging-info.ts';
import { noStartCommandMessage, startCommand } from '../../../src/lifecycle/start-command.ts';

it.each([
  [0, 0, '0'],
  [8, 8, '8'],
  [0, 9, '00'],
  [9, 9, '09'],
  [10, 10, '10'],
])('depsIndex(%i, %i) is %s', (index, supplyCount, expected) => {
  expect(depsIndex(index, supplyCount)).toBe(expected);
});

describe('instance ports', () => {
  const ports = [
    { internal: 8080, external: 61000 },
    { internal: 2222, external: 61001 },
  ];

  it('maps each port when plain', () => {
    expect(instancePortVariables('1.2.3.4', portMappings('plain', ports))).toEqual({
      CF_INSTANCE_PORTS: '[{"external":61000,"internal":8080},{"external":61001,"internal":2222}]',
      CF_INSTANCE_PORT: '61000',
      CF_INSTANCE_ADDR: '1.2.3.4:61000',
    });
  });

  it('shows only proxies with Envoy, and neither CF_INSTANCE_PORT nor _ADDR', () => {
    const envoy = portMappings('envoy', [
      { internal: 8080, external: 61002 },
      { internal: 2222, external: 61003 },
    ]);
    expect(instancePortVariables('1.2.3.4', envoy)).toEqual({
      CF_INSTANCE_PORTS:
        '[{"internal":8080,"external_tls_proxy":61002,"internal_tls_proxy":61001},{"internal":8080,"internal_tls_proxy":61443},{"internal":2222,"external_tls_proxy":61003,"internal_tls_proxy":61002}]',
    });
  });

  it('are empty without a port', () => {
    expect(instancePortVariables('1.2.3.4', [])).toEqual({
      CF_INSTANCE_PORTS: '[]',
      CF_INSTANCE_PORT: '',
      CF_INSTANCE_ADDR: '',
    });
  });
});

const services = (...uris: unknown[]) =>
  JSON.stringify({ label: uris.map((uri) => ({ credentials: { uri } })) });

describe('databaseUrl', () => {
  it.each([
    ['', undefined],
    ['{}', undefined],
    ['{"a":null,"b":[null]}', undefined],
    [services('http://h', 'postgresql://u:p@h/db'), 'postgres://u:p@h/db'],
    [services('mysql://u:p!@h/db?a=b#c'), 'mysql2://u:p%21@h/db?a=b#c'],
    [services('mysql2://h/db'), 'mysql2://h/db'],
    [services('mysql://u:p/x@h/db', 'mysql://second/db'), 'mysql2://second/db'],
    ['{"l":[{"Credentials":{"URI":"mysql://h/db"}}]}', 'mysql2://h/db'],
    [services(5, 'mysql://h/db'), undefined],
    ['{"l":[{"credentials":"x"},{"credentials":{"uri":"mysql://h/db"}}]}', undefined],
    ['{"l":{},"m":[{"credentials":{"uri":"mysql://h/db"}}]}', undefined],
  ])('of %s is %s', (vcapServices, url) => {
    expect(databaseUrl(vcapServices)).toBe(url);
  });
});

it('names log sources as Cloud Foundry does', () => {
  expect([
    cellSource(1),
    healthSource(2),
    processSource('web', 0),
    sidecarSource('web', 'config-server', 0),
    sidecarSource('wörker', 'my agent', 3),
    taskSource('Migrate'),
  ]).toEqual([
    'CELL/1',
    'HEALTH/2',
    'APP/PROC/WEB/0',
    'APP/PROC/WEB/SIDECAR/CONFIG-SERVER/0',
    'APP/PROC/WÖRKER/SIDECAR/MY AGENT/3',
    'APP/TASK/Migrate/0',
  ]);
});

const sidecar = (name: string, memory?: number, ...types: string[]) => ({
  name,
  process_types: types,
  command: 'x',
  ...(memory !== undefined && { memory }),
});

describe('sidecars', () => {
  it('of the user come before those of buildpacks', () => {
    const merged = mergeSidecars([sidecar('a', 1, 'web')], [sidecar('A', 1, 'web', 'worker')]);
    expect(merged.map(({ name }) => name)).toEqual(['a', 'A']);
    expect(sidecarsOf('worker', merged).map(({ name }) => name)).toEqual(['A']);
  });

  it.each([
    [
      [sidecar('a')],
      [sidecar('a')],
      "Buildpack defined sidecar 'a' conflicts with an existing user-defined sidecar. Consider renaming 'a'.",
    ],
    [[], [sidecar('b'), sidecar('b')], "Sidecar with name 'b' already exists for given app"],
  ])('conflict', (user, buildpack, message) => {
    expect(() => mergeSidecars(user, buildpack)).toThrow(
      expect.objectContaining({ code: 'SIDECAR_CONFLICT', message }),
    );
  });

  it.each([
    [256, [sidecar('a', 255)], undefined],
    [
      256,
      [sidecar('a', 128), sidecar('b', 128)],
      'The memory allocation defined is too large to run with the dependent "web" process',
    ],
    [0, [sidecar('a')], undefined],
  ])('must leave memory to the process: %i MB', (memoryMb, sidecars, problem) => {
    expect(sidecarMemoryProblem('web', memoryMb, sidecars)).toBe(problem);
  });

  it('take their memory from the process', () => {
    expect(mainMemoryMb(512, [sidecar('a', 64), sidecar('b')])).toBe(448);
  });
});

describe('start command', () => {
  const info = {
    detected_buildpack: '',
    start_command: 'from info',
    config: { entrypoint_prefix: 'env A=1 bash -c' },
  };

  it.each([
    ['given', undefined, { command: 'given' }],
    ['given', info, { command: 'given', entrypointPrefix: 'env A=1 bash -c' }],
    ['', info, { command: 'from info', entrypointPrefix: 'env A=1 bash -c' }],
    ['', undefined, undefined],
  ])('%j with %j', (given, staged, expected) => {
    expect(startCommand(given, staged)).toEqual(expected);
  });

  it('says when there is none', () => {
    expect(noStartCommandMessage('/tmp/lifecycle/launcher')).toBe(
      '/tmp/lifecycle/launcher: no start command specified or detected in droplet',
    );
  });

  it('is read from staging_info.yml', () => {
    expect(parseStagingInfo('{"detected_buildpack":"x","start_command":"y","config":{}}\n')).toEqual({
      info: { detected_buildpack: 'x', start_command: 'y', config: {} },
    });
    expect(parseStagingInfo('start_command: [\n')).toEqual({
      error:
        'Invalid staging info - failed to unmarshal staging_info.yml: yaml: line 1: did not find expected node content',
    });
  });
});
