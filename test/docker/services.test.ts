import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { dumpedText, writeSupplyBuildpack } from './support/dumped-environment.ts';
import { buildpack, fixture } from './support/paths.ts';
import { STAND_IN, test, type Workplace } from './support/workplace.ts';

const SECRET = 's3cr3t-of-the-database';
const SERVICES = `services:
- name: db
  credentials: { uri: "postgresql://u:${SECRET}@h/db", options: { tls: true } }
- name: mail
  label: smtp-service
  plan: free
  tags: [smtp]
  credentials: { host: mail.example.com }
`;

/** Bash that tells all that a process can know of its services. */
function tellServices(mark: string): string {
  const list = 'find /etc/cf-service-bindings -mindepth 1 -printf "%m %u %P\\n" | sort';
  const texts = 'find /etc/cf-service-bindings -type f -name "[uv]*" | sort | xargs -r cat';
  return `echo "${mark}: $( (env | grep -E "^(VCAP_SERVICES|SERVICE_BINDING|DATABASE_URL)" | sort; ${list}; ${texts}) | base64 -w0)"`;
}

async function writeApp(place: Workplace, features: object): Promise<string> {
  await place.write('services.yml', SERVICES);
  const manifest = {
    applications: [
      {
        name: place.app,
        path: fixture('apps/hello-web'),
        buildpacks: [
          await writeSupplyBuildpack(place, tellServices('STAGING')),
          buildpack('uses-the-procfile'),
        ],
        command: `${tellServices('MAIN')}; exec perl server.pl`,
        sidecars: [
          { name: 'a', process_types: ['web'], command: `${tellServices('SIDECAR')}; exec sleep infinity` },
        ],
        services: ['db', { name: 'mail', binding_name: 'outbox' }],
        ...features,
      },
    ],
  };
  return await place.write('manifest.yml', JSON.stringify(manifest));
}

const ATTRIBUTES = ['binding_guid', 'instance_guid', 'instance_name', 'label', 'name', 'provider', 'type'];

/** What is told in each mode: patterns of all lines, the guids left open. */
const DATABASE_URL = `DATABASE_URL=postgres://u:${SECRET}@h/db`;
const GUID = '[0-9a-f-]{36}';
const VCAP_SERVICES = [
  `{"user-provided":\\[{"label":"user-provided","name":"db","tags":\\[\\],"instance_guid":"${GUID}","instance_name":"db",`,
  `"binding_guid":"${GUID}","binding_name":null,"credentials":{"uri":"postgresql://u:${SECRET}@h/db","options":{"tls":true}},`,
  `"syslog_drain_url":null,"volume_mounts":\\[\\]}\\],`,
  `"smtp-service":\\[{"label":"smtp-service","provider":null,"plan":"free","name":"outbox","tags":\\["smtp"\\],`,
  `"instance_guid":"${GUID}","instance_name":"mail","binding_guid":"${GUID}","binding_name":"outbox",`,
  `"credentials":{"host":"mail.example.com"},"syslog_drain_url":null,"volume_mounts":\\[\\]}\\]}`,
].join('');

const MODES = [
  {
    mode: 'VCAP_SERVICES',
    features: {},
    inStaging: [DATABASE_URL, `VCAP_SERVICES=${VCAP_SERVICES}`],
    atRuntime: [DATABASE_URL, `VCAP_SERVICES=${VCAP_SERVICES}`],
  },
  {
    mode: 'file-based-vcap-services',
    features: { features: { 'file-based-vcap-services': true } },
    inStaging: [
      'VCAP_SERVICES_FILE_PATH=/etc/cf-service-bindings/vcap_services',
      '644 root vcap_services',
      VCAP_SERVICES,
    ],
    atRuntime: [
      DATABASE_URL,
      'VCAP_SERVICES_FILE_PATH=/etc/cf-service-bindings/vcap_services',
      '644 root vcap_services',
      VCAP_SERVICES,
    ],
  },
  {
    mode: 'service-binding-k8s',
    features: { features: { 'service-binding-k8s': true } },
    inStaging: ['SERVICE_BINDING_ROOT=/etc/cf-service-bindings', ...k8sFiles()],
    atRuntime: [DATABASE_URL, 'SERVICE_BINDING_ROOT=/etc/cf-service-bindings', ...k8sFiles()],
  },
];

function k8sFiles(): string[] {
  const files = [
    ...[...ATTRIBUTES, 'options', 'uri'].map((name) => `644 root db/${name}`),
    ...[...ATTRIBUTES, 'binding_name', 'host', 'plan', 'tags'].map((name) => `644 root outbox/${name}`),
  ];
  return [...files.sort(), '755 root db', '755 root outbox', `postgresql://u:${SECRET}@h/db`];
}

describe.concurrent('services reach staging, main process, sidecar and ssh', () => {
  test.for(MODES)('$mode', async ({ features, inStaging, atRuntime }, { place }) => {
    const push = place.start(['push', ...STAND_IN, '--manifest', await writeApp(place, features)]);
    await push.url();
    const told = {
      STAGING: await dumpedText(push, 'STAGING'),
      MAIN: await dumpedText(push, 'MAIN'),
      SIDECAR: await dumpedText(push, 'SIDECAR'),
      SSH: await toldToSsh(place),
    };
    expect(told.STAGING).toMatch(wholeText(inStaging));
    for (const text of [told.MAIN, told.SIDECAR, told.SSH]) expect(text).toMatch(wholeText(atRuntime));
    await push.end();
    expect(push.output).not.toContain(SECRET);
    expect(await filesWith(SECRET, place.home)).toEqual([]);
  });
});

async function toldToSsh(place: Workplace): Promise<string> {
  const { stdout } = await place.succeed(['ssh', place.app, '-c', tellServices('SSH')]);
  return Buffer.from(stdout.replace('SSH: ', ''), 'base64').toString('utf8');
}

/** Patterns of lines; only those of VCAP_SERVICES and paths hold anything but plain text, and `.` and `?` mean themselves well enough. */
function wholeText(lines: readonly string[]): RegExp {
  return new RegExp(`^${lines.join('\\n')}\\n?$`);
}

async function filesWith(text: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found = await Promise.all(
    files.map(async (file) => ((await readFile(file)).includes(text) ? [file] : [])),
  );
  return found.flat();
}

test('an app that is run again has its services, read from where they were', async ({ place }) => {
  const manifest = await writeApp(place, {});
  await place.succeed(['stage', ...STAND_IN, '--manifest', manifest]);
  const again = place.start(['run', place.app, ...STAND_IN], { cwd: place.temp });
  await again.url();
  expect(await dumpedText(again, 'MAIN')).toContain(SECRET);
  await again.end();
  await rm(join(place.root, 'services.yml'));
  const gone = await place.run(['run', place.app, ...STAND_IN]);
  expect(gone).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('(SERVICES_INVALID)') as string,
  });
  expect(gone.stderr).toContain(
    `The services file of app '${place.app}' is gone: ${join(place.root, 'services.yml')}`,
  );
});

test('--services names another file, and what is not in it does not exist', async ({ place }) => {
  const manifest = await writeApp(place, {});
  const other = await place.write('other.yml', 'services: [{name: db}]');
  const plan = ['plan', '--manifest', manifest];
  expect(await place.run([...plan, '--services', other])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^Service instance 'mail' not found\n.*other\.yml.*\nFAILED \(SERVICE_UNKNOWN\)$/,
    ) as string,
  });
  await place.write('other.yml', 'services: [{name: db, credential: {}}]');
  expect(await place.run([...plan, '--services', other])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      `${other}:1:23: unknown key 'credential': did you mean 'credentials'?\n`,
    ) as string,
  });
  const { stdout } = await place.succeed(plan);
  expect(stdout).toContain('VCAP_SERVICES');
  expect(stdout).not.toContain(SECRET);
});
