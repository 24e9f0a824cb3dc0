import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildpack, fixture, ROOT } from './support/paths.ts';
import { test } from './support/workplace.ts';

const QUIET = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error'];

let folder: string;
let packed: readonly string[];

/** As `npm i -g` of the tarball would put it on a machine, in a prefix of the test's own. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cfstage-tarball-'));
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
  const [tarball] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  packed = tarball.files.map(({ path }) => path);
  await execa('npm', ['i', '-g', '--prefix', folder, ...QUIET, join(folder, tarball.filename)]);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function cfstage(...args: string[]) {
  return execa(join(folder, 'bin/cfstage'), args, { cwd: folder, reject: false });
}

it('holds what a user needs and nothing else', () => {
  const tops = new Set(packed.map((path) => path.split('/', 1)[0]));
  const allowed = [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin',
    'dist',
    'docs',
    'package.json',
    'schema',
    'stacks',
  ];
  expect([...tops].filter((top) => top === undefined || !allowed.includes(top))).toEqual([]);
  expect(packed).toEqual(
    expect.arrayContaining([
      'bin/cfstage.js',
      'dist/index.js',
      'dist/index.d.ts',
      'stacks/cflinuxfs4.json',
      'stacks/stand-in/build.sh',
    ]),
  );
});

it('has nothing compiled from a source that is gone', () => {
  const sources = packed
    .filter((path) => path.startsWith('dist/'))
    .map((path) => path.replace(/^dist\//, 'src/').replace(/(?:\.d\.ts|\.js)$/, '.ts'));
  expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it('answers on the command line where it is installed', async () => {
  expect(await cfstage('--version')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
  });
  expect(await cfstage('stacks')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('cflinuxfs4') as string,
  });
});

const PROGRAM = `
import { CfstageError, emitTo, MemorySink, openWorkbench, parseManifest, push, pushRequest } from 'cfstage';

const { apps } = parseManifest({ text: 'applications: [{ name: a }]', file: 'manifest.yml', vars: new Map() });
const [, , home, name, path, buildpack] = process.argv as [string, string, string, string, string, string];
const memory = new MemorySink();
const workbench = await openWorkbench(process.env, home, emitTo([memory]));
const { signal } = new AbortController();
const request = pushRequest({ appName: name, path, stackPolicy: 'stand-in', overrides: { buildpacks: [buildpack] } });
await using app = await push(request, workbench, signal);
const answer: string = await (await fetch(app.url)).text();
const failure: unknown = await push({ ...request, path: '/nowhere' }, workbench, signal).catch((error: unknown) => error);
const code = failure instanceof CfstageError ? failure.code : 'none';
console.log(JSON.stringify({ apps: apps.map((each) => each.name), answer, code, lines: memory.logs.length > 0 }));
`;

test('serves as a library, with its types', async ({ place }) => {
  const program = join(folder, 'lib/program.ts');
  await writeFile(program, PROGRAM);
  await writeFile(join(folder, 'lib/package.json'), '{ "type": "module" }');
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await execa(
    process.execPath,
    [
      tsc,
      ...['--strict', '--target', 'es2022', '--lib', 'es2023,esnext.disposable', '--module', 'nodenext'],
      ...['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types'), program],
    ],
    { cwd: dirname(program) },
  );
  const args = [place.home, place.app, fixture('apps/hello-web'), buildpack('uses-the-procfile')];
  const { stdout } = await execa(process.execPath, [program.replace(/ts$/, 'js'), ...args], {
    cwd: place.root,
  });
  expect(JSON.parse(stdout)).toEqual({ apps: ['a'], answer: 'hello', code: 'APP_PATH_INVALID', lines: true });
});
