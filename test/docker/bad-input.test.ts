import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from './support/paths.ts';
import { HELLO_WEB, openWorkplace, STAND_IN, test, type Workplace } from './support/workplace.ts';

interface BadInput {
  readonly name: string;
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly code: string;
  readonly says: string;
  readonly hint: string;
}

describe('bad input', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await openWorkplace();
    await place.succeed(['push', place.app, ...HELLO_WEB, '--no-start']);
    await place.write('malformed.yml', 'applications:\n- name: a\n  memory: [64M\n');
    await place.write('wrong.yml', `applications:\n- name: ${place.app}\n  memory: lots\n`);
    await place.write('variable.yml', `applications:\n- name: ${place.app}\n  memory: ((memory))\n`);
    await place.write('several.yml', 'applications: [{ name: a }, { name: b }]\n');
    await place.write('no-bin/README', 'nothing to run here\n');
    await place.write('text.tgz', 'This is not a droplet.\n');
    await mkdir(join(place.root, 'empty'));
    await makeTars(place.root);
  });

  afterAll(async () => {
    const run = place.start(['run', place.app, '--stack-policy', 'stand-in']);
    expect(await (await fetch(await run.url())).text(), 'of the previous good droplet').toBe('hello');
    await run.end();
    await place.close();
  });

  const cases: readonly BadInput[] = [
    {
      name: 'a manifest that is not there',
      args: ['--manifest', 'none.yml'],
      exitCode: 1,
      code: 'MANIFEST_NOT_FOUND',
      says: 'none.yml',
      hint: 'Check the spelling',
    },
    {
      name: 'a manifest that is not YAML',
      args: ['--manifest', 'malformed.yml'],
      exitCode: 1,
      code: 'MANIFEST_INVALID',
      says: 'malformed.yml:4:1',
      hint: '',
    },
    {
      name: 'a manifest with a wrong value',
      args: ['--manifest', 'wrong.yml'],
      exitCode: 1,
      code: 'MANIFEST_INVALID',
      says: 'wrong.yml:3:11',
      hint: '',
    },
    {
      name: 'a variable that nobody gave',
      args: ['--manifest', 'variable.yml'],
      exitCode: 1,
      code: 'VARIABLES_INVALID',
      says: 'memory',
      hint: '--var',
    },
    {
      name: 'a buildpack that nobody knows',
      args: ['--buildpack', 'unheard_of_buildpack'],
      exitCode: 1,
      code: 'BUILDPACK_UNKNOWN',
      says: 'Buildpack "unheard_of_buildpack" for stack "cflinuxfs4" must be an existing admin buildpack or a valid git URI',
      hint: '--local-buildpack unheard_of_buildpack=PATH',
    },
    {
      name: 'a buildpack path that is not there',
      args: ['--local-buildpack', 'mine=nowhere', '--buildpack', 'mine'],
      exitCode: 1,
      code: 'BUILDPACK_INVALID',
      says: 'nowhere',
      hint: '',
    },
    {
      name: 'a buildpack without bin/',
      args: ['--local-buildpack', 'mine=no-bin', '--buildpack', 'mine'],
      exitCode: 225,
      code: 'BUILDPACK_INVALID',
      says: 'StagingError - Staging error: staging failed',
      hint: 'Keep bin/ at the top of the buildpack',
    },
    {
      name: 'an app path that is not there',
      args: ['--path', 'nowhere'],
      exitCode: 1,
      code: 'APP_PATH_INVALID',
      says: 'nowhere',
      hint: '',
    },
    {
      name: 'an app without files',
      args: ['--path', 'empty'],
      exitCode: 1,
      code: 'APP_BITS_EMPTY',
      says: 'No app files found in',
      hint: '',
    },
    {
      name: 'a stack that nobody knows',
      args: ['--stack', 'cflinuxfs1'],
      exitCode: 1,
      code: 'STACK_UNKNOWN',
      says: 'cflinuxfs1',
      hint: 'cflinuxfs4',
    },
    {
      name: 'a stack whose image is not there and may not be pulled',
      args: ['--stack-policy', 'present', '--stack', 'cflinuxfs5'],
      exitCode: 1,
      code: 'STACK_UNAVAILABLE',
      says: 'cflinuxfs5',
      hint: 'cfstage stack pull cflinuxfs5',
    },
    {
      name: 'a CA file that holds no certificate',
      args: ['--ca-cert', 'text.tgz'],
      exitCode: 1,
      code: 'CA_CERT_INVALID',
      says: 'text.tgz',
      hint: 'PEM',
    },
    {
      name: 'a memory size that is none',
      args: ['--memory', 'lots'],
      exitCode: 2,
      code: 'USAGE',
      says: 'Byte quantity must be an integer',
      hint: '',
    },
  ];

  it.each(cases)('$name is $code', async ({ args, exitCode, code, says, hint }) => {
    // What a case says comes last and so wins.
    const app = args.includes('--buildpack') ? ['--path', fixture('apps/hello-web')] : HELLO_WEB.slice(2);
    const ended = await place.run(['push', place.app, ...STAND_IN, ...app, ...args]);
    expectOneError(ended.stderr, { code, says, hint });
    expect(ended.exitCode).toBe(exitCode);
  });

  it.each([
    { file: 'text.tgz', code: 'DROPLET_INVALID', says: 'This is not a droplet' },
    { file: 'other.tgz', code: 'DROPLET_INVALID', says: 'it has no ./app directory' },
    { file: 'half.tgz', code: 'DROPLET_INVALID', says: 'This is not a droplet' },
    { file: 'none.tgz', code: 'DROPLET_INVALID', says: 'There is no droplet file at' },
    { file: 'parent.tgz', code: 'ARCHIVE_UNSAFE', says: '../escaped' },
    { file: 'absolute.tgz', code: 'ARCHIVE_UNSAFE', says: '/etc/escaped' },
    { file: 'link.tgz', code: 'ARCHIVE_UNSAFE', says: 'app/way-out' },
  ])('$file is not run: $code', async ({ file, code, says }) => {
    const ended = await place.run(['run', join(place.root, file), ...STAND_IN, '--name', place.app]);
    expectOneError(ended.stderr, { code, says, hint: '' });
    expect(ended.exitCode).toBe(1);
  });

  it.each([
    { name: 'an unknown flag', args: ['push', '--frobnicate'], says: "unknown option '--frobnicate'" },
    { name: 'an unknown command', args: ['pusch'], says: "unknown command 'pusch'" },
    { name: 'a missing argument', args: ['logs'], says: "missing required argument 'app'" },
    {
      name: 'a port that is none',
      args: ['push', '--port', '70000'],
      says: 'A port is a number from 1 to 65535.',
    },
    {
      name: 'a policy that is none',
      args: ['push', '--stack-policy', 'guess'],
      says: 'present, pull, stand-in',
    },
    { name: 'half a pair', args: ['push', '--local-buildpack', 'name='], says: 'Write NAME=PATH.' },
    {
      name: 'several apps, no name, and a flag for one',
      args: ['push', '--manifest', 'several.yml', '--memory', '64M'],
      says: 'cannot be applied when pushing multiple apps',
    },
  ])('$name is wrong usage', async ({ args, says }) => {
    const ended = await place.run(args);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(says) as string });
    expect(ended.stderr).not.toMatch(/^ +at /m);
  });
});

test('a port in use is refused before anything is staged', async ({ place }) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const ended = await place.run(['push', place.app, ...HELLO_WEB, '--port', String(port)]);
  server.close();
  expectOneError(ended.stderr, { code: 'PORT_IN_USE', says: String(port), hint: '--port' });
  expect(ended).toMatchObject({ exitCode: 1 });
  expect(ended.stdout).not.toContain('STG/0');
});

/** One line with the code, the message before it, a hint between them, no stack trace. */
function expectOneError(
  stderr: string,
  { code, says, hint }: { code: string; says: string; hint: string },
): void {
  expect(stderr).toContain(says);
  expect(stderr.match(/^FAILED \((\w+)\)$/gm)).toEqual([`FAILED (${code})`]);
  const beforeLast = stderr.trimEnd().split('\n').at(-2) ?? '';
  expect(beforeLast, 'the hint').not.toBe('');
  expect(beforeLast).toContain(hint);
  expect(stderr).not.toMatch(/^ +at /m);
}

/** Archives that are no droplets, or whose members lead out of where they are unpacked. */
async function makeTars(root: string): Promise<void> {
  const folder = join(root, 'tars/inside');
  await mkdir(join(folder, 'app'), { recursive: true });
  await writeFile(join(folder, 'staging_info.yml'), '{"detected_buildpack":"","start_command":"true"}\n');
  await writeFile(join(folder, 'app/file'), 'x'.repeat(100_000));
  await writeFile(join(root, 'tars/escaped'), 'escaped');
  await symlink('../../../etc', join(folder, 'app/way-out'));
  const tar = (name: string, ...args: string[]) =>
    execa('tar', ['-czPf', join(root, name), '-C', folder, ...args]);
  const droplet = ['./staging_info.yml', './app/file'];
  await tar('other.tgz', './staging_info.yml');
  await tar('parent.tgz', ...droplet, '../escaped');
  await tar('absolute.tgz', ...droplet, '--transform', 's,^\\.\\./escaped,/etc/escaped,', '../escaped');
  await tar(
    'link.tgz',
    ...droplet,
    './app/way-out',
    '--transform',
    's,^\\.\\./escaped,./app/way-out/escaped,',
    '../escaped',
  );
  await execa('bash', ['-c', `head -c 150 other.tgz >half.tgz`], { cwd: root });
}
