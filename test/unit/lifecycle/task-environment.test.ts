import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launcherEnvironment } from '../../../src/lifecycle/launcher-environment.ts';
import { taskEnvironment, type TaskEnvironmentFacts } from '../../../src/lifecycle/task-environment.ts';
import { APP, CERTIFICATES, NETWORK } from './facts.ts';

const TASK: TaskEnvironmentFacts = {
  app: APP,
  memoryMb: 256,
  userEnvironment: {},
  services: { kind: 'env', vcapServices: '{}' },
  certificates: CERTIFICATES,
  network: NETWORK,
};

const MYSQL = '{"p-mysql":[{"credentials":{"uri":"mysql://u:p@h/db"}}]}';

describe('taskEnvironment', () => {
  it('has what Cloud Foundry gives every task, sorted, and nothing of an instance', () => {
    const environment = taskEnvironment(TASK);
    expect(environment).toEqual({
      CF_INSTANCE_ADDR: '',
      CF_INSTANCE_CERT: '/etc/cf-instance-credentials/instance.crt',
      CF_INSTANCE_INTERNAL_IP: '10.255.0.2',
      CF_INSTANCE_IP: '10.0.0.1',
      CF_INSTANCE_KEY: '/etc/cf-instance-credentials/instance.key',
      CF_INSTANCE_PORT: '',
      CF_INSTANCE_PORTS: '[]',
      CF_SYSTEM_CERT_PATH: '/etc/cf-system-certificates',
      HOME: '/home/vcap',
      LANG: 'en_US.UTF-8',
      MEMORY_LIMIT: '256m',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      USER: 'vcap',
      VCAP_APPLICATION:
        '{"cf_api":"https://api.example.com","limits":{"fds":16384,"mem":256,"disk":1024},"application_name":"n<1>","application_uris":["n.example.com"],"name":"n<1>","space_name":"dev","space_id":"space-guid","organization_id":"org-guid","organization_name":"org","uris":["n.example.com"],"users":null,"application_id":"app-guid","version":"v-uuid","application_version":"v-uuid"}',
      VCAP_SERVICES: '{}',
    });
    expect(Object.keys(environment)).toEqual(Object.keys(environment).toSorted());
  });

  it('takes DATABASE_URL from the services, also where these come as files', () => {
    for (const kind of ['env', 'service-binding-k8s', 'file-based-vcap-services'] as const) {
      const environment = taskEnvironment({
        ...TASK,
        userEnvironment: { DATABASE_URL: 'mine' },
        services: { kind, vcapServices: MYSQL },
      });
      expect(environment['DATABASE_URL']).toBe('mysql2://u:p@h/db');
      expect('VCAP_SERVICES' in environment).toBe(kind === 'env');
    }
  });

  it('lays the running group below the variables of the app', () => {
    const environment = taskEnvironment({
      ...TASK,
      group: { OF_GROUP: 'group', BOTH: 'group' },
      userEnvironment: { BOTH: 'app' },
    });
    expect(environment).toMatchObject({ OF_GROUP: 'group', BOTH: 'app' });
  });

  const FIXED = [
    'LANG',
    'CF_INSTANCE_IP',
    'CF_INSTANCE_INTERNAL_IP',
    'CF_INSTANCE_PORTS',
    'CF_INSTANCE_PORT',
    'CF_INSTANCE_ADDR',
    'MEMORY_LIMIT',
  ];
  const OVERRIDABLE = ['CF_INSTANCE_CERT', 'CF_SYSTEM_CERT_PATH', 'PATH', 'USER', 'INSTANCE_GUID', 'TMPDIR'];

  it('lets the user override the container, never the platform, which LANG belongs to', () => {
    const names = fc.oneof(
      fc.constantFrom(...FIXED, ...OVERRIDABLE, '__proto__', 'constructor'),
      fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter((name) => !/^(?:VCAP_|VMC|PORT$)/i.test(name)),
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.string(), { maxKeys: 6 }), (userEnvironment) => {
        const wins = Object.entries(userEnvironment).filter(([name]) => !FIXED.includes(name));
        const expected = { ...taskEnvironment(TASK), ...Object.fromEntries(wins) };
        expect(taskEnvironment({ ...TASK, userEnvironment })).toEqual(expected);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('launcherEnvironment of a task', () => {
  it('adds host and an empty instance, neither port nor index', () => {
    const { VCAP_APPLICATION = '', ...rest } = launcherEnvironment(taskEnvironment(TASK), '/home/vcap/app');
    expect(Object.keys(JSON.parse(VCAP_APPLICATION) as object)).toEqual([
      ...['application_id', 'application_name', 'application_uris', 'application_version', 'cf_api', 'host'],
      ...['instance_id', 'limits', 'name', 'organization_id', 'organization_name', 'space_id', 'space_name'],
      ...['uris', 'users', 'version'],
    ]);
    expect(JSON.parse(VCAP_APPLICATION)).toMatchObject({ host: '0.0.0.0', instance_id: '', users: null });
    expect(rest).toMatchObject({
      HOME: '/home/vcap/app',
      TMPDIR: '/home/vcap/tmp',
      DEPS_DIR: '/home/vcap/deps',
    });
  });
});
