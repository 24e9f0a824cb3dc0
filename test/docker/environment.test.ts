import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homeAt } from '../../src/host/home.ts';
import { openAuthority } from '../../src/host/identity-authority.ts';
import {
  dumpedEnvironment,
  dumpedText,
  dumpEnvironment,
  writeSupplyBuildpack,
} from './support/dumped-environment.ts';
import { buildpack, fixture } from './support/paths.ts';
import type { Running } from './support/running.ts';
import { openWorkplace, STAND_IN, test, type Workplace } from './support/workplace.ts';

type Env = Record<string, string>;

/** What bash itself sets in what it starts. */
const BASH = ['PWD', 'SHLVL', '_'];

/** Facts §1.4. */
const STAGING = [
  ...['LANG', 'CF_INSTANCE_CERT', 'CF_INSTANCE_KEY', 'CF_STACK', 'VCAP_APPLICATION', 'MEMORY_LIMIT'],
  ...['VCAP_SERVICES', 'CF_INSTANCE_IP', 'CF_INSTANCE_INTERNAL_IP', 'CF_INSTANCE_PORT', 'CF_INSTANCE_ADDR'],
  ...['CF_INSTANCE_PORTS', 'PATH', 'USER', 'HOME', ...BASH],
];

/** Facts §2.3, with Envoy. */
const RUNNING = [
  ...['INSTANCE_GUID', 'INSTANCE_INDEX', 'CF_INSTANCE_GUID', 'CF_INSTANCE_INDEX', 'LANG'],
  ...['CF_INSTANCE_CERT', 'CF_INSTANCE_KEY', 'PORT', 'VCAP_APP_PORT', 'VCAP_APP_HOST'],
  ...['VCAP_APPLICATION', 'MEMORY_LIMIT', 'VCAP_SERVICES', 'CF_INSTANCE_IP', 'CF_INSTANCE_INTERNAL_IP'],
  ...['CF_INSTANCE_PORTS', 'PATH', 'USER', 'HOME', 'TMPDIR', 'DEPS_DIR', 'OLDPWD', ...BASH],
];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Pushes an app whose buildpack, main process and two sidecars write their environments to the log. */
async function pushDumping(place: Workplace, app: object, ...flags: readonly string[]): Promise<Running> {
  const supply = `${dumpEnvironment('STAGING')}
echo "CERT: $(base64 -w0 "$CF_INSTANCE_CERT")"; echo "KEY: $(base64 -w0 "$CF_INSTANCE_KEY")"`;
  const dumps = await writeSupplyBuildpack(place, supply);
  const manifest = {
    applications: [
      {
        name: place.app,
        path: fixture('apps/hello-web'),
        buildpacks: [dumps, buildpack('uses-the-procfile')],
        memory: '256M',
        command: `${dumpEnvironment('MAIN')}; exec perl server.pl`,
        sidecars: [
          { name: 'a', process_types: ['web'], command: sidecar('SIDECAR-A'), memory: '64M' },
          { name: 'b', process_types: ['web'], command: sidecar('SIDECAR-B') },
        ],
        ...app,
      },
    ],
  };
  const file = await place.write('manifest.yml', JSON.stringify(manifest));
  const push = place.start(['push', ...STAND_IN, '--manifest', file, ...flags]);
  await push.url();
  return push;
}

function sidecar(mark: string): string {
  return `${dumpEnvironment(mark)}; exec sleep infinity`;
}

function names(env: Env): string[] {
  return Object.keys(env).sort();
}

function sorted(...expected: readonly string[]): string[] {
  return [...expected].sort();
}

describe('an app with environment variables, a database and a trusted CA, behind Envoy', () => {
  const user = {
    ...{ LANG: 'C.UTF-8', CF_INSTANCE_INDEX: '7', MINE: 'a b=c', EMPTY: null, NESTED: { a: 'b' } },
    ...{
      CF_INSTANCE_IP: '1.2.3.4',
      CF_INSTANCE_PORTS: 'user',
      HOME: '/user',
      TMPDIR: '/user',
      DEPS_DIR: '/user',
    },
    ...{ MEMORY_LIMIT: '1m', DATABASE_URL: 'user', CF_STACK: 'user', INSTANCE_GUID: 'user', USER: 'me' },
  };
  let place: Workplace;
  let push: Running;
  let staging: Env;
  let main: Env;
  let a: Env;
  let b: Env;

  beforeAll(async () => {
    place = await openWorkplace();
    await openAuthority(homeAt(place.home));
    await place.write('services.yml', 'services: [{name: db, credentials: {uri: "mysql://u:p@h/db"}}]');
    const ca = join(homeAt(place.home).identity, 'ca.crt');
    push = await pushDumping(place, { env: user, services: ['db'] }, '--ca-cert', ca);
    staging = await dumpedEnvironment(push, 'STAGING');
    main = await dumpedEnvironment(push, 'MAIN');
    a = await dumpedEnvironment(push, 'SIDECAR-A');
    b = await dumpedEnvironment(push, 'SIDECAR-B');
  });

  afterAll(async () => {
    await push.end();
    await place.close();
  });

  it('has exactly the variables of the platform and its own', () => {
    const own = ['MINE', 'EMPTY', 'NESTED', 'DATABASE_URL', 'CF_SYSTEM_CERT_PATH'];
    const inStaging = ['CF_INSTANCE_INDEX', 'TMPDIR', 'DEPS_DIR', 'INSTANCE_GUID'];
    expect(names(staging)).toEqual(sorted(...STAGING, ...own, ...inStaging));
    for (const env of [main, a, b]) expect(names(env)).toEqual(sorted(...RUNNING, ...own, 'CF_STACK'));
  });

  it('overrides what comes before it in staging, and is overridden by the rest', () => {
    expect(staging).toMatchObject({
      ...{ LANG: 'C.UTF-8', CF_INSTANCE_INDEX: '7', MINE: 'a b=c', EMPTY: '', NESTED: '{:a=>"b"}' },
      ...{ HOME: '/user', TMPDIR: '/user', DEPS_DIR: '/user', USER: 'me', INSTANCE_GUID: 'user' },
      ...{ CF_STACK: 'cflinuxfs4', MEMORY_LIMIT: '1024m', DATABASE_URL: 'mysql2://u:p@h/db' },
      ...{ CF_INSTANCE_IP: expect.not.stringContaining('1.2.3.4') as string, CF_INSTANCE_PORTS: '[]' },
      ...{ CF_SYSTEM_CERT_PATH: '/etc/cf-system-certificates' },
    });
  });

  it('overrides what comes before it at runtime, and is overridden by the rest', () => {
    for (const env of [main, a, b]) {
      expect(env).toMatchObject({
        ...{ LANG: 'C.UTF-8', CF_INSTANCE_INDEX: '7', INSTANCE_INDEX: '0', MINE: 'a b=c', USER: 'me' },
        ...{ INSTANCE_GUID: 'user', CF_STACK: 'user', DATABASE_URL: 'mysql2://u:p@h/db' },
        ...{ HOME: '/home/vcap/app', TMPDIR: '/home/vcap/tmp', DEPS_DIR: '/home/vcap/deps' },
        CF_INSTANCE_IP: expect.not.stringContaining('1.2.3.4') as string,
        CF_SYSTEM_CERT_PATH: '/etc/cf-system-certificates',
      });
      expect(JSON.parse(env['VCAP_APPLICATION'] ?? '')).toMatchObject({ instance_id: 'user' });
    }
  });

  it('shares its memory with the sidecars that ask for some', () => {
    const memory = [main, a, b].map((env) => [env['MEMORY_LIMIT'], limits(env).mem]);
    expect(memory).toEqual([
      ['192m', 192],
      ['64m', 64],
      ['256m', 256],
    ]);
  });

  it("has Envoy's ports", () => {
    expect(JSON.parse(main['CF_INSTANCE_PORTS'] ?? '')).toEqual([
      { internal: 8080, external_tls_proxy: expect.any(Number) as number, internal_tls_proxy: 61001 },
      { internal: 8080, internal_tls_proxy: 61443 },
      { internal: 2222, external_tls_proxy: expect.any(Number) as number, internal_tls_proxy: 61002 },
    ]);
  });
});

describe('an app with nothing of its own, with plain ports', () => {
  let place: Workplace;
  let push: Running;
  let staging: Env;
  let main: Env;

  beforeAll(async () => {
    place = await openWorkplace();
    push = await pushDumping(place, {}, '--instance-ports', 'plain');
    staging = await dumpedEnvironment(push, 'STAGING');
    main = await dumpedEnvironment(push, 'MAIN');
  });

  afterAll(async () => {
    await push.end();
    await place.close();
  });

  it('has exactly the variables of the platform', async () => {
    expect(names(staging)).toEqual(sorted(...STAGING));
    const plain = sorted(...RUNNING, 'CF_INSTANCE_PORT', 'CF_INSTANCE_ADDR');
    expect(names(main)).toEqual(plain);
    for (const mark of ['SIDECAR-A', 'SIDECAR-B']) {
      expect(names(await dumpedEnvironment(push, mark))).toEqual(plain);
    }
  });

  it('has the values of a staging', () => {
    expect(staging).toMatchObject({
      ...{ LANG: 'en_US.UTF-8', CF_STACK: 'cflinuxfs4', MEMORY_LIMIT: '1024m', VCAP_SERVICES: '{}' },
      ...{ CF_INSTANCE_PORT: '', CF_INSTANCE_ADDR: '', CF_INSTANCE_PORTS: '[]' },
      ...{
        CF_INSTANCE_IP: expect.stringMatching(IPV4) as string,
        CF_INSTANCE_INTERNAL_IP: expect.stringMatching(IPV4) as string,
      },
      ...{ PATH: '/usr/local/bin:/usr/bin:/bin', USER: 'vcap', HOME: '/home/vcap', PWD: '/home/vcap' },
      CF_INSTANCE_CERT: '/etc/cf-instance-credentials/instance.crt',
      CF_INSTANCE_KEY: '/etc/cf-instance-credentials/instance.key',
    });
    const application = JSON.parse(staging['VCAP_APPLICATION'] ?? '') as object;
    expect(Object.keys(application)).toEqual([
      ...['cf_api', 'limits', 'application_name', 'application_uris', 'name', 'space_name', 'space_id'],
      ...['organization_id', 'organization_name', 'uris', 'users', 'application_id', 'version'],
      'application_version',
    ]);
    expect(application).toMatchObject({ limits: { fds: 16384, mem: 1024, disk: 4096 }, users: null });
  });

  it('has the values of a running instance', () => {
    const guid = main['INSTANCE_GUID'] ?? '';
    expect(guid).toHaveLength(28);
    expect(main).toMatchObject({
      ...{ CF_INSTANCE_GUID: guid, INSTANCE_INDEX: '0', CF_INSTANCE_INDEX: '0', LANG: 'en_US.UTF-8' },
      ...{ PORT: '8080', VCAP_APP_PORT: '8080', VCAP_APP_HOST: '0.0.0.0', VCAP_SERVICES: '{}' },
      ...{ PATH: '/usr/local/bin:/usr/bin:/bin', USER: 'vcap', HOME: '/home/vcap/app' },
      ...{ PWD: '/home/vcap/app', OLDPWD: '/home/vcap' },
    });
    const application = JSON.parse(main['VCAP_APPLICATION'] ?? '') as Record<string, unknown>;
    expect(Object.keys(application)).toEqual([
      ...['application_id', 'application_name', 'application_uris', 'application_version', 'cf_api', 'host'],
      ...['instance_id', 'instance_index', 'limits', 'name', 'organization_id', 'organization_name', 'port'],
      ...['process_id', 'process_type', 'space_id', 'space_name', 'uris', 'version'],
    ]);
    expect(application).toMatchObject({
      ...{ host: '0.0.0.0', port: 8080, instance_id: guid, instance_index: 0, process_type: 'web' },
      version: expect.stringMatching(UUID) as string,
    });
  });

  it('has the port of the host', async () => {
    const port = Number(new URL(await push.url()).port);
    expect(JSON.parse(main['CF_INSTANCE_PORTS'] ?? '')).toEqual([
      { external: port, internal: 8080 },
      { external: port + 1, internal: 2222 },
    ]);
    expect(main).toMatchObject({
      CF_INSTANCE_PORT: String(port),
      CF_INSTANCE_ADDR: `${main['CF_INSTANCE_IP'] ?? ''}:${port}`,
    });
  });

  it('has an instance identity, one in staging and one when it runs', async () => {
    const cat = async (name: string) =>
      (await place.succeed(['ssh', place.app, '-c', `cat "$${name}"`])).stdout;
    const running = { certificate: await cat('CF_INSTANCE_CERT'), key: await cat('CF_INSTANCE_KEY') };
    const staged = { certificate: await dumpedText(push, 'CERT'), key: await dumpedText(push, 'KEY') };
    await expectIdentity(place, running, main, main['INSTANCE_GUID'] ?? '');
    const [, buildGuid = ''] = await push.says(
      /\[STG\/0\] OUT Cell cfstage creating container for instance (\S+)/,
    );
    await expectIdentity(place, staged, staging, buildGuid);
    expect(running.key).not.toBe(staged.key);
    const { stdout } = await place.succeed([
      'ssh',
      place.app,
      '-c',
      'stat -c "%a %U %n" /etc/cf-instance-credentials/*',
    ]);
    expect(stdout.split('\n')).toEqual([
      '644 root /etc/cf-instance-credentials/instance.crt',
      '644 root /etc/cf-instance-credentials/instance.key',
    ]);
  });
});

/** The certificate as a service would check it, with the fields of a real cell's. */
async function expectIdentity(
  place: Workplace,
  { certificate, key }: { readonly certificate: string; readonly key: string },
  env: Env,
  guid: string,
): Promise<void> {
  const application = JSON.parse(env['VCAP_APPLICATION'] ?? '') as Record<string, string>;
  const file = await place.write('instance.crt', certificate);
  const ca = join(homeAt(place.home).identity, 'ca.crt');
  for (const purpose of ['sslclient', 'sslserver']) {
    const { stdout } = await execa('openssl', [
      'verify',
      '-x509_strict',
      '-purpose',
      purpose,
      '-CAfile',
      ca,
      file,
    ]);
    expect(stdout).toBe(`${file}: OK`);
  }
  const leaf = new X509Certificate(certificate);
  expect(leaf.subject.split(/\n| \+ /)).toEqual([
    `OU=app:${application['application_id'] ?? ''}`,
    `OU=space:${application['space_id'] ?? ''}`,
    `OU=organization:${application['organization_id'] ?? ''}`,
    `CN=${guid}`,
  ]);
  expect(certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  expect(leaf.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(leaf.subjectAltName).toBe(`DNS:${guid}, IP Address:${env['CF_INSTANCE_INTERNAL_IP'] ?? ''}`);
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1']);
  expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBe(24 * 3_600_000);
}

function limits(env: Env): { readonly mem: number } {
  return (JSON.parse(env['VCAP_APPLICATION'] ?? '') as { limits: { mem: number } }).limits;
}

test.for([
  ['VCAP_MINE', 'Env cannot start with VCAP_'],
  ['vcap_mine', 'Env cannot start with VCAP_'],
  ['VMCMINE', 'Env cannot start with VMC_'],
  ['port', 'Env cannot set PORT'],
  ['', 'Env key must be a minimum length of 1'],
])('the variable %j is refused', async ([name = '', message = ''], { place }) => {
  const manifest = { applications: [{ name: place.app, env: { [name]: 'x' } }] };
  const file = await place.write('manifest.yml', JSON.stringify(manifest));
  const { exitCode, stderr } = await place.run(['plan', '--manifest', file]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`For application '${place.app}': ${message}`);
});
