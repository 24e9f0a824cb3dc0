import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launcherEnvironment } from '../../../src/lifecycle/launcher-environment.ts';
import { processEnvironment, sidecarEnvironment } from '../../../src/lifecycle/process-environment.ts';
import { stagingEnvironment } from '../../../src/lifecycle/staging-environment.ts';
import { launcherCases } from '../buildpack/conformance-cases.ts';
import { APP, CERTIFICATES, LIMITS, NETWORK, PROCESS_FACTS } from './facts.ts';

const STAGING = {
  app: APP,
  limits: LIMITS,
  stack: 'cflinuxfs4',
  userEnvironment: {},
  services: { kind: 'env', vcapServices: '{}' },
  certificates: CERTIFICATES,
  network: NETWORK,
} as const;

const MYSQL = '{"p-mysql":[{"credentials":{"uri":"mysql://u:p@h/db"}}]}';

describe('stagingEnvironment', () => {
  it('has what Cloud Foundry gives every buildpack, sorted', () => {
    const environment = stagingEnvironment(STAGING);
    expect(environment).toEqual({
      CF_INSTANCE_ADDR: '',
      CF_INSTANCE_CERT: '/etc/cf-instance-credentials/instance.crt',
      CF_INSTANCE_INTERNAL_IP: '10.255.0.2',
      CF_INSTANCE_IP: '10.0.0.1',
      CF_INSTANCE_KEY: '/etc/cf-instance-credentials/instance.key',
      CF_INSTANCE_PORT: '',
      CF_INSTANCE_PORTS: '[]',
      CF_STACK: 'cflinuxfs4',
      CF_SYSTEM_CERT_PATH: '/etc/cf-system-certificates',
      HOME: '/home/vcap',
      LANG: 'en_US.UTF-8',
      MEMORY_LIMIT: '1024m',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      USER: 'vcap',
      VCAP_APPLICATION:
        '{"cf_api":"https://api.example.com","limits":{"fds":16384,"mem":1024,"disk":4096},"application_name":"n<1>","application_uris":["n.example.com"],"name":"n<1>","space_name":"dev","space_id":"space-guid","organization_id":"org-guid","organization_name":"org","uris":["n.example.com"],"users":null,"application_id":"app-guid","version":"v-uuid","application_version":"v-uuid"}',
      VCAP_SERVICES: '{}',
    });
    expect(Object.keys(environment)).toEqual(Object.keys(environment).toSorted());
  });

  it('sets DATABASE_URL from the services over the user', () => {
    const environment = stagingEnvironment({
      ...STAGING,
      userEnvironment: { DATABASE_URL: 'mine', LANG: 'C' },
      services: { kind: 'env', vcapServices: MYSQL },
    });
    expect(environment).toMatchObject({ DATABASE_URL: 'mysql2://u:p@h/db', LANG: 'C' });
  });

  it('delivers services as files where the app asked for it', () => {
    const environment = stagingEnvironment({
      ...STAGING,
      services: { kind: 'file-based-vcap-services', vcapServices: MYSQL },
    });
    expect(environment['VCAP_SERVICES_FILE_PATH']).toBe('/etc/cf-service-bindings/vcap_services');
    expect(environment).not.toHaveProperty('VCAP_SERVICES');
    expect(environment).not.toHaveProperty('DATABASE_URL');
  });
});

describe('processEnvironment', () => {
  it('has the instance, the port and the memory without the sidecars', () => {
    expect(processEnvironment(PROCESS_FACTS)).toMatchObject({
      CF_INSTANCE_ADDR: '10.0.0.1:61000',
      CF_INSTANCE_GUID: 'instance-guid',
      CF_INSTANCE_INDEX: '2',
      CF_INSTANCE_PORT: '61000',
      CF_INSTANCE_PORTS: '[{"external":61000,"internal":8080}]',
      INSTANCE_GUID: 'instance-guid',
      INSTANCE_INDEX: '2',
      MEMORY_LIMIT: '448m',
      PORT: '8080',
      VCAP_APPLICATION:
        '{"cf_api":"https://api.example.com","limits":{"fds":16384,"mem":448,"disk":1024},"application_name":"n<1>","application_uris":["n.example.com"],"name":"n<1>","space_name":"dev","space_id":"space-guid","organization_id":"org-guid","organization_name":"org","uris":["n.example.com"],"process_id":"app-guid","process_type":"web","application_id":"app-guid","version":"v-uuid","application_version":"v-uuid"}',
      VCAP_APP_HOST: '0.0.0.0',
      VCAP_APP_PORT: '8080',
    });
  });

  it('differs for a sidecar in its memory only', () => {
    const main = processEnvironment(PROCESS_FACTS);
    const [withMemory, without] = PROCESS_FACTS.sidecars.map((sidecar) =>
      sidecarEnvironment(PROCESS_FACTS, sidecar),
    );
    expect(withMemory?.['MEMORY_LIMIT']).toBe('64m');
    expect(without?.['MEMORY_LIMIT']).toBe('512m');
    expect(without?.['VCAP_APPLICATION']).toContain('"mem":512');
    const same = (environment = main) => ({ ...environment, MEMORY_LIMIT: '', VCAP_APPLICATION: '' });
    expect(same(withMemory)).toEqual(same());
  });
});

/** Names that Cloud Controller lets users set although the platform gives them too. */
const OVERRIDABLE = [
  'LANG',
  'INSTANCE_GUID',
  'INSTANCE_INDEX',
  'CF_INSTANCE_GUID',
  'CF_INSTANCE_INDEX',
  'CF_INSTANCE_CERT',
  'CF_INSTANCE_KEY',
  'CF_SYSTEM_CERT_PATH',
  'PATH',
  'USER',
];
const FIXED = [
  'CF_INSTANCE_IP',
  'CF_INSTANCE_INTERNAL_IP',
  'CF_INSTANCE_PORTS',
  'CF_INSTANCE_PORT',
  'CF_INSTANCE_ADDR',
  'MEMORY_LIMIT',
];
const LAUNCHER_FIXED = ['HOME', 'TMPDIR', 'DEPS_DIR'];

const userEnvironments = fc
  .dictionary(
    fc.oneof(
      fc.constantFrom(
        ...OVERRIDABLE,
        ...FIXED,
        ...LAUNCHER_FIXED,
        'DATABASE_URL',
        '__proto__',
        'constructor',
      ),
      fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
    ),
    fc.string(),
    { maxKeys: 6 },
  )
  .map((environment) =>
    Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(?:VCAP_|VMC|PORT$)/i.test(name))),
  );

describe('precedence', () => {
  it('lets the user override the container, never the platform', () => {
    const base = processEnvironment(PROCESS_FACTS);
    fc.assert(
      fc.property(userEnvironments, (userEnvironment) => {
        const wins = Object.entries(userEnvironment).filter(([name]) => !FIXED.includes(name));
        const expected = { ...base, ...Object.fromEntries(wins) };
        expect(processEnvironment({ ...PROCESS_FACTS, userEnvironment })).toEqual(expected);
      }),
      { numRuns: 10_000 },
    );
  });

  it('lets the launcher override the user', () => {
    fc.assert(
      fc.property(userEnvironments, (userEnvironment) => {
        const started = processEnvironment({
          ...PROCESS_FACTS,
          services: { kind: 'env', vcapServices: MYSQL },
          userEnvironment,
        });
        const environment = launcherEnvironment(started, '/home/vcap/app');
        const application = JSON.parse(environment['VCAP_APPLICATION'] ?? '') as Record<string, unknown>;
        expect([...LAUNCHER_FIXED.map((name) => environment[name]), application['instance_id']]).toEqual([
          '/home/vcap/app',
          '/home/vcap/tmp',
          '/home/vcap/deps',
          started['INSTANCE_GUID'],
        ]);
        expect(environment['DATABASE_URL']).toBe('mysql2://u:p@h/db');
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('launcherEnvironment', () => {
  /** Set by bash or by the recording, not by the launcher. */
  const NOT_THE_LAUNCHERS = ['HOSTNAME', 'OLDPWD', 'PATH', 'PWD', 'SHLVL', 'A'];

  it.each(launcherCases().filter(({ input }) => input.argv[1]?.includes('env | grep') === true))(
    'is what the recorded $name shows',
    ({ input, expected }) => {
      const shown = expected.stdout
        .map((line) => /^([A-Z_]+)=(.*)$/.exec(line))
        .filter((match) => match !== null)
        .map(([, name = '', value = '']): [string, string] => [name, value])
        .filter(([name]) => !NOT_THE_LAUNCHERS.includes(name));
      expect(Object.entries(launcherEnvironment(input.env, '/home/vcap/app'))).toEqual(shown);
    },
  );

  it('agrees with the recorded database-url and user-cannot-override', () => {
    const shown = (name: string) => {
      const found = launcherCases().find((one) => one.name === name);
      return {
        line: found?.expected.stdout.at(-1),
        environment: launcherEnvironment(found?.input.env ?? {}, '/home/vcap/app'),
      };
    };
    const database = shown('database-url');
    expect(database.environment['DATABASE_URL']).toBe(database.line);
    const { line, environment } = shown('user-cannot-override');
    expect(LAUNCHER_FIXED.map((name) => environment[name]).join(' ')).toBe(line);
  });

  it('escapes like Go, drops VCAP_PLATFORM_OPTIONS and leaves out what is no number', () => {
    const environment = launcherEnvironment(
      {
        VCAP_APPLICATION: '{"z":{"b":1,"a":"<&>"},"a":1e3}',
        VCAP_PLATFORM_OPTIONS: '{}',
        PORT: 'x',
        INSTANCE_INDEX: '+3',
      },
      '/home/vcap/app',
    );
    expect(environment['VCAP_APPLICATION']).toBe(
      '{"a":1000,"host":"0.0.0.0","instance_id":"","instance_index":3,"z":{"a":"\\u003c\\u0026\\u003e","b":1}}',
    );
    expect(environment).not.toHaveProperty('VCAP_PLATFORM_OPTIONS');
  });

  it.each(['', 'null', '[]', '{', '"x"'])('leaves VCAP_APPLICATION=%s alone', (text) => {
    expect(launcherEnvironment({ VCAP_APPLICATION: text }, '/a')['VCAP_APPLICATION']).toBe(text);
  });
});
