import { createReadStream } from 'node:fs';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packTrees } from '../../src/archive/pack-tree.ts';
import { textEntries } from '../../src/archive/text-entries.ts';
import { readTar } from '../../src/archive/read-tar.ts';
import { appFiles } from '../../src/host/app-store.ts';
import { homeAt } from '../../src/host/home.ts';
import { makeTempDir } from '../../src/host/temp-dir.ts';
import { stageApp } from '../../src/app/stage-app.ts';
import { writeStageOutput } from '../../src/app/stage-output.ts';
import { openWorkbench } from '../../src/app/workbench.ts';
import { pushRequest, type StageRequest } from '../../src/app/request.ts';
import { emitTo } from '../../src/logs/emitter.ts';
import type { LogEvent } from '../../src/logs/event.ts';
import { MemorySink } from '../../src/logs/memory-sink.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/conformance');

interface Listed {
  readonly path: string;
  readonly type: 'f' | 'd' | 'l' | 'h';
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly sha256?: string;
  readonly link?: string;
}

interface Expected {
  readonly exitCode: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly result: unknown;
  readonly stagingInfo?: unknown;
  readonly droplet: readonly Listed[] | null;
  readonly cache: readonly Listed[] | null;
}

interface Case {
  readonly about: string;
  readonly input: {
    readonly app: string;
    readonly buildpacks: readonly { readonly key: string; readonly dir: string }[];
    readonly skipDetect: boolean;
    readonly env?: Readonly<Record<string, string>>;
    readonly staleCache?: readonly string[];
    readonly runs?: number;
  };
  readonly expected: readonly Expected[];
}

const names = (await readdir(join(FIXTURES, 'cases'))).map((file) => file.replace(/\.json$/, ''));

describe.concurrent('staging does what the recorded builder did', () => {
  it.each(names)('%s', async (name) => {
    const vector = JSON.parse(await readFile(join(FIXTURES, `cases/${name}.json`), 'utf8')) as Case;
    await using home = await makeTempDir('conformance');
    const app = `conformance-${name}`;
    if (vector.input.staleCache !== undefined) await writeStaleCache(home.path, app, vector.input.staleCache);
    for (const [run, expected] of vector.expected.entries()) {
      const actual = await stageOnce(vector, app, home.path, run);
      const { stdout, ...rest } = wanted(expected);
      const { stdout: said, ...did } = actual;
      expect({ run, ...did }).toEqual({ run, ...rest });
      if (name === 'environment') expectEnvironment(said, stdout);
      else expect(said).toEqual(stdout);
    }
  });
});

/** A real cell sets more, and the bindings of a real foundation say more; PATH is not part of the contract. */
function expectEnvironment(actual: readonly string[], recorded: readonly string[]): void {
  const others = recorded.filter((line) => !/^(?:PATH|VCAP_SERVICES)=/.test(line));
  expect(actual).toEqual(expect.arrayContaining(others));
  expect(servicesOf(actual)).toMatchObject(servicesOf(recorded));
}

function servicesOf(lines: readonly string[]): object {
  const line = lines.find((text) => text.startsWith('VCAP_SERVICES=')) ?? '';
  return JSON.parse(line.slice('VCAP_SERVICES='.length)) as object;
}

/** Of a vector, all that the README of the fixtures asks an emulator for. */
function wanted({ exitCode, stdout, stderr, result, stagingInfo, droplet, cache }: Expected) {
  return {
    exitCode,
    stdout: stdout.filter((line) => line !== ''),
    stderr: withoutLocaleWarning(stderr).filter((line) => line !== ''),
    result,
    stagingInfo: stagingInfo ?? null,
    droplet,
    cache,
  };
}

async function stageOnce({ input }: Case, app: string, homeFolder: string, run: number) {
  const memory = new MemorySink();
  const workbench = await openWorkbench(process.env, homeFolder, emitTo([memory]));
  const signal = AbortSignal.timeout(60_000);
  const outcome = await stageApp(await request(input, app, homeFolder), workbench, signal);
  const output = join(homeFolder, `output-${run}`);
  await writeStageOutput(output, outcome, memory.logs, workbench.home, signal);
  const lines = builderLines(memory.logs);
  return {
    exitCode: outcome.failure?.exitCode ?? 0,
    stdout: lines.filter(({ stream }) => stream === 'OUT').map(withoutDigits),
    stderr: lines.filter(({ stream }) => stream === 'ERR').map(withoutDigits),
    result: await readJson(join(output, 'result.json')),
    stagingInfo: await readJson(join(output, 'staging_info.yml')),
    droplet: await listArchive(join(output, 'droplet.tgz')),
    cache: await listArchive(join(output, 'cache.tgz')),
  };
}

/** The services of a case are in its environment, which no user may set; they go through a manifest and a services file. */
async function request(input: Case['input'], app: string, folder: string): Promise<StageRequest> {
  const { VCAP_SERVICES: services, ...env } = input.env ?? {};
  const manifestFile = join(folder, 'manifest.yml');
  if (services !== undefined) {
    const instances = Object.values(JSON.parse(services) as Record<string, { name: string }[]>).flat();
    const manifest = { applications: [{ name: app, services: instances.map(({ name }) => name) }] };
    await writeFile(manifestFile, JSON.stringify(manifest));
    await writeFile(join(folder, 'services.yml'), JSON.stringify({ services: instances }));
  }
  return pushRequest({
    cwd: FIXTURES,
    appName: app,
    ...(services === undefined ? {} : { manifestFile }),
    path: join(FIXTURES, 'apps', input.app),
    overrides: {
      buildpacks: input.buildpacks.map(({ key }) => key),
      stack: 'cflinuxfs4',
      env: Object.entries(env).map(([variable, value]) => `${variable}=${value}`),
    },
    localBuildpacks: new Map(
      input.buildpacks.map(({ key, dir }) => [key, join(FIXTURES, 'buildpacks', dir)]),
    ),
    stackPolicy: 'stand-in',
    detect: !input.skipDetect,
    stagingTimeoutSeconds: 60,
  });
}
/** The builder's own lines: after the platform's downloads and before its exit status. */
function builderLines(logs: readonly LogEvent[]): readonly LogEvent[] {
  const first = logs.findIndex(({ message }) => message.startsWith('Downloaded app package'));
  const last = logs.findIndex(({ message }) => message.startsWith('Exit status'));
  return logs.slice(first + 1, last);
}

/** The vectors were recorded in an image without en_US.UTF-8, of which perl complains; the stacks have it. */
function withoutLocaleWarning(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line === 'perl: warning: Setting locale failed.');
  const last = lines.findIndex((line) => line.startsWith('perl: warning: Falling back to'));
  return first === -1 ? lines : lines.toSpliced(first, last - first + 1);
}

/** The recordings have `<random>` for the digits that every staging draws. */
function withoutDigits({ message }: LogEvent): string {
  return message.replaceAll(/\/tmp\/contents\d+/g, '/tmp/contents<random>');
}

async function listArchive(path: string): Promise<readonly Listed[] | null> {
  if ((await stat(path).catch(() => undefined)) === undefined) return null;
  const root = await rootMember(path);
  const listed: Listed[] = [root];
  for await (const member of readTar(createReadStream(path))) {
    const common = {
      path: `./${member.path}`,
      mode: member.mode.toString(8).padStart(4, '0'),
      uid: member.uid,
      gid: member.gid,
    };
    if (member.type === 'file') {
      const content = member.open();
      const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      listed.push({ ...common, type: 'f', sha256 });
    } else if (member.type === 'symlink') listed.push({ ...common, type: 'l', link: member.target });
    else if (member.type === 'hardlink') listed.push({ ...common, type: 'h', link: `./${member.target}` });
    else listed.push({ ...common, type: 'd' });
  }
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** readTar leaves the root out; its mode and owner are part of the vector. */
async function rootMember(path: string): Promise<Listed> {
  const { execa } = await import('execa');
  const { stdout } = await execa('tar', ['-tvzf', path, '--numeric-owner', '--no-recursion', './']);
  const [permissions = '', owner = ''] = stdout.split(/\s+/);
  const [uid = '', gid = ''] = owner.split('/');
  const mode = permissions
    .slice(1)
    .match(/.../g)
    ?.map((bits) => Array.from(bits).reduce((sum, bit, i) => sum + (bit === '-' ? 0 : 4 >> i), 0))
    .join('');
  return { path: '.', type: 'd', mode: `0${mode ?? ''}`, uid: Number(uid), gid: Number(gid) };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? null : (JSON.parse(text) as unknown);
}

/** Each folder held a file `old`. */
async function writeStaleCache(home: string, app: string, folders: readonly string[]): Promise<void> {
  const path = appFiles(homeAt(home), app).cache('cflinuxfs4');
  await mkdir(dirname(path), { recursive: true });
  const files = Object.fromEntries(folders.map((folder) => [`${folder}/old`, 'old']));
  const tree = { at: '', owner: { uid: 2000, gid: 2000 }, entries: textEntries(files, 0o644) };
  await writeFile(path, await buffer(packTrees([tree])));
}
