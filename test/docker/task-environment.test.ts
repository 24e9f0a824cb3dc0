import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
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

/** Facts §7.2: no PORT, VCAP_APP_*, INSTANCE_* or CF_INSTANCE_GUID and _INDEX. The last row is bash's own. */
const TASK = [
  ...['LANG', 'CF_INSTANCE_CERT', 'CF_INSTANCE_KEY', 'VCAP_APPLICATION', 'MEMORY_LIMIT', 'VCAP_SERVICES'],
  ...[
    'CF_INSTANCE_IP',
    'CF_INSTANCE_INTERNAL_IP',
    'CF_INSTANCE_PORT',
    'CF_INSTANCE_ADDR',
    'CF_INSTANCE_PORTS',
  ],
  ...['PATH', 'USER', 'HOME', 'TMPDIR', 'DEPS_DIR'],
  ...['OLDPWD', 'PWD', 'SHLVL', '_'],
];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

const SERVICES = 'services: [{name: db, credentials: {uri: "mysql://u:p@h/db"}}]';

const DUMP = `${dumpEnvironment('TASK')}; echo "CERT: $(base64 -w0 "$CF_INSTANCE_CERT")"`;

/** Stages an app whose buildpack leaves a profile script. */
async function stageApp(place: Workplace, app: object): Promise<void> {
  const profile = `mkdir -p "$3/../profile.d"; echo 'export OF_BUILDPACK="for $HOME"' >"$3/../profile.d/one.sh"`;
  const buildpacks = [await writeSupplyBuildpack(place, profile), buildpack('uses-the-procfile')];
  const manifest = {
    applications: [{ name: place.app, path: fixture('apps/hello-web'), buildpacks, ...app }],
  };
  const file = await place.write('manifest.yml', JSON.stringify(manifest));
  await place.succeed(['stage', ...STAND_IN, '--manifest', file]);
}

/** Runs a task that writes its environment to the log, to its end. */
async function runDumping(
  place: Workplace,
  ...flags: readonly string[]
): Promise<{ task: Running; env: Env }> {
  const task = place.start(['run-task', place.app, ...STAND_IN, '-c', DUMP, ...flags]);
  expect(await task.ended).toMatchObject({ exitCode: 0 });
  return { task, env: await dumpedEnvironment(task, 'TASK') };
}

function names(env: Env): string[] {
  return Object.keys(env).sort();
}

describe('a task of an app with nothing of its own', () => {
  let place: Workplace;
  let task: Running;
  let env: Env;

  beforeAll(async () => {
    place = await openWorkplace();
    await stageApp(place, { memory: '256M', disk_quota: '512M' });
    ({ task, env } = await runDumping(place, '-m', '96M', '-k', '300M'));
  });

  afterAll(async () => {
    await place.close();
  });

  it('has exactly the variables of the platform, and what the buildpack exports', () => {
    expect(names(env)).toEqual([...TASK, 'OF_BUILDPACK'].sort());
  });

  it('has the values of a task', () => {
    const { VCAP_APPLICATION, ...rest } = env;
    expect(VCAP_APPLICATION).toBeDefined();
    expect(rest).toEqual({
      LANG: 'en_US.UTF-8',
      CF_INSTANCE_CERT: '/etc/cf-instance-credentials/instance.crt',
      CF_INSTANCE_KEY: '/etc/cf-instance-credentials/instance.key',
      MEMORY_LIMIT: '96m',
      VCAP_SERVICES: '{}',
      CF_INSTANCE_IP: expect.stringMatching(IPV4) as string,
      CF_INSTANCE_INTERNAL_IP: expect.stringMatching(IPV4) as string,
      CF_INSTANCE_PORT: '',
      CF_INSTANCE_ADDR: '',
      CF_INSTANCE_PORTS: '[]',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      USER: 'vcap',
      HOME: '/home/vcap/app',
      TMPDIR: '/home/vcap/tmp',
      DEPS_DIR: '/home/vcap/deps',
      OF_BUILDPACK: 'for /home/vcap/app',
      ...{ PWD: '/home/vcap/app', OLDPWD: '/home/vcap', SHLVL: expect.any(String) as string },
      _: expect.any(String) as string,
    });
  });

  it('has a VCAP_APPLICATION as in staging, with the host and an empty instance', () => {
    const application = JSON.parse(env['VCAP_APPLICATION'] ?? '') as Record<string, unknown>;
    expect(Object.keys(application)).toEqual([
      ...['application_id', 'application_name', 'application_uris', 'application_version', 'cf_api', 'host'],
      ...['instance_id', 'limits', 'name', 'organization_id', 'organization_name', 'space_id', 'space_name'],
      ...['uris', 'users', 'version'],
    ]);
    expect(application).toMatchObject({
      ...{ application_name: place.app, host: '0.0.0.0', instance_id: '', users: null },
      // The default disk, whatever the task's is.
      limits: { fds: 16384, mem: 96, disk: 1024 },
      ...{ application_uris: [`${place.app}.localhost`], uris: [`${place.app}.localhost`] },
      version: expect.stringMatching(UUID) as string,
    });
    expect(application['application_version']).toBe(application['version']);
  });

  it('has an instance identity of its own', async () => {
    const [, guid = ''] = await task.says(
      /\[CELL\/0\] OUT Cell cfstage creating container for instance (\S+)/,
    );
    const certificate = new X509Certificate(await dumpedText(task, 'CERT'));
    expect(certificate.subject).toContain(`CN=${guid}`);
    expect(certificate.subjectAltName).toBe(
      `DNS:${guid}, IP Address:${env['CF_INSTANCE_INTERNAL_IP'] ?? ''}`,
    );
  });
});

describe('a task of an app with environment variables, a database and a trusted CA', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await openWorkplace();
    await openAuthority(homeAt(place.home));
    await place.write('services.yml', SERVICES);
    const user = {
      ...{ LANG: 'C.UTF-8', CF_INSTANCE_INDEX: '7', MINE: 'a b=c', CF_INSTANCE_IP: '1.2.3.4', USER: 'me' },
      ...{ HOME: '/user', TMPDIR: '/user', DEPS_DIR: '/user', MEMORY_LIMIT: '1m', DATABASE_URL: 'user' },
      ...{ INSTANCE_GUID: 'user', CF_INSTANCE_PORTS: 'user', CF_INSTANCE_ADDR: 'user' },
    };
    await stageApp(place, { env: user, services: ['db'] });
  });

  afterAll(async () => {
    await place.close();
  });

  it('overrides what comes before it, and is overridden by the rest, LANG included', async () => {
    const ca = join(homeAt(place.home).identity, 'ca.crt');
    const { env } = await runDumping(place, '--ca-cert', ca);
    const own = ['MINE', 'CF_INSTANCE_INDEX', 'INSTANCE_GUID', 'DATABASE_URL', 'CF_SYSTEM_CERT_PATH'];
    expect(names(env)).toEqual([...TASK, 'OF_BUILDPACK', ...own].sort());
    expect(env).toMatchObject({
      ...{ LANG: 'en_US.UTF-8', CF_INSTANCE_INDEX: '7', MINE: 'a b=c', USER: 'me', INSTANCE_GUID: 'user' },
      ...{ HOME: '/home/vcap/app', TMPDIR: '/home/vcap/tmp', DEPS_DIR: '/home/vcap/deps' },
      ...{ MEMORY_LIMIT: '1024m', DATABASE_URL: 'mysql2://u:p@h/db', CF_INSTANCE_PORTS: '[]' },
      ...{ CF_INSTANCE_ADDR: '', CF_SYSTEM_CERT_PATH: '/etc/cf-system-certificates' },
      CF_INSTANCE_IP: expect.not.stringContaining('1.2.3.4') as string,
    });
    expect(JSON.parse(env['VCAP_APPLICATION'] ?? '')).toMatchObject({ instance_id: 'user' });
    expect(JSON.parse(env['VCAP_SERVICES'] ?? '')).toMatchObject({ 'user-provided': [{ name: 'db' }] });
  });

  it('takes the services of another file, and routes on another domain, where they are named', async () => {
    const other = await place.write('other.yml', SERVICES.replace('mysql', 'postgres'));
    const flags = ['--services', other, '--domain', 'apps.example.com'];
    const { env } = await runDumping(place, ...flags);
    expect(env['DATABASE_URL']).toBe('postgres://u:p@h/db');
    expect(JSON.parse(env['VCAP_APPLICATION'] ?? '')).toMatchObject({
      uris: [`${place.app}.apps.example.com`],
    });
  });
});

test.for(['file-based-vcap-services', 'service-binding-k8s'])(
  'with %s a task has its services as files, and the database in a variable',
  async (feature, { place }) => {
    await place.write('services.yml', SERVICES);
    await stageApp(place, { services: ['db'], features: { [feature]: true } });
    const { env } = await runDumping(place);
    const [variable, file] =
      feature === 'service-binding-k8s'
        ? ['SERVICE_BINDING_ROOT', '$SERVICE_BINDING_ROOT/db/uri']
        : ['VCAP_SERVICES_FILE_PATH', '$VCAP_SERVICES_FILE_PATH'];
    const others = TASK.filter((name) => name !== 'VCAP_SERVICES');
    expect(names(env)).toEqual([...others, variable, 'OF_BUILDPACK', 'DATABASE_URL'].sort());
    expect(env['DATABASE_URL']).toBe('mysql2://u:p@h/db');
    const { stdout } = await place.succeed(['run-task', place.app, ...STAND_IN, '-c', `cat "${file}"`]);
    expect(stdout).toContain('mysql://u:p@h/db');
  },
);
