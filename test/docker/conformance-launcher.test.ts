import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packTrees } from '../../src/archive/pack-tree.ts';
import { directoryEntries, textEntries } from '../../src/archive/text-entries.ts';
import { connectEngine } from '../../src/engine/connect.ts';
import type { Container } from '../../src/engine/engine.ts';
import { runToEnd } from '../../src/engine/run-to-end.ts';
import { uploadLoginFiles } from '../../src/launcher/app-container.ts';
import { APP_DIR, STAGING_INFO_NAME, VCAP } from '../../src/lifecycle/container-paths.ts';
import { withoutEngineVariables } from '../../src/lifecycle/engine-variables.ts';
import type { Environment } from '../../src/lifecycle/environment.ts';
import { launcherEnvironment } from '../../src/lifecycle/launcher-environment.ts';
import { INIT_ARGV, LIFECYCLE_FILES } from '../../src/lifecycle/lifecycle-files.ts';
import { parseStagingInfo, type StagingInfo } from '../../src/lifecycle/staging-info.ts';
import { launcherStep } from '../../src/plan/launcher-step.ts';
import { standInImage } from '../../src/stack/stand-in.ts';
import { fixture } from './support/paths.ts';

interface Vector {
  readonly about: string;
  readonly input: {
    readonly program: 'launcher' | 'shell';
    readonly argv: readonly string[];
    /** Path below /home/vcap → text. */
    readonly files: Readonly<Record<string, string>>;
    readonly env: Environment;
  };
  readonly expected: Outcome;
}

interface Outcome {
  readonly exitCode: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** Where it was recorded. */
const RECORDED: Environment = {
  HOSTNAME: 'h',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

const signal = AbortSignal.timeout(120_000);
const engine = await connectEngine(process.env);
const vectors = await Promise.all(
  (await readdir(fixture('conformance/launcher'))).map(async (file) => {
    const text = await readFile(fixture('conformance/launcher', file), 'utf8');
    return { name: file.replace(/\.json$/, ''), ...(JSON.parse(text) as Vector) };
  }),
);

it('has a recording of each program', () => {
  expect(new Set(vectors.map(({ input }) => input.program))).toEqual(new Set(['launcher', 'shell']));
});

describe.concurrent('a start decided by the plan does what the recorded launcher did', () => {
  it.each(vectors.filter(({ input }) => input.program === 'launcher'))(
    '$name',
    async ({ input, expected }) => {
      await using container = await containerWith(input.files);
      const info = stagingInfoOf(input.files[STAGING_INFO_NAME]);
      const step = launcherStep(input.argv[1] ?? '', info, { ...RECORDED, ...input.env });
      expectRecorded(await outcomeOf(container, step.argv, step.env), expected);
    },
  );
});

describe.concurrent('the programs of /tmp/lifecycle do what the recorded ones did', () => {
  it.each(vectors)('$name', async ({ input, expected }) => {
    await using container = await containerWith(input.files);
    const env = { ...RECORDED, ...input.env };
    const launcherEnv = Object.fromEntries(
      Object.entries(launcherEnvironment(env, APP_DIR)).filter(([name, value]) => env[name] !== value),
    );
    await uploadLoginFiles(container, { sshEnv: {}, launcherEnv }, signal);
    const argv = [...withoutEngineVariables(env), `/tmp/lifecycle/${input.program}`, ...input.argv];
    expectRecorded(await outcomeOf(container, argv, env), expected);
  });
});

function stagingInfoOf(text: string | undefined): StagingInfo | undefined {
  if (text === undefined) return undefined;
  const parsed = parseStagingInfo(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.info;
}

/** A container in which nothing but init runs, with these files below /home/vcap. */
async function containerWith(files: Readonly<Record<string, string>>): Promise<Container> {
  const container = await engine.createContainer(
    {
      name: `cfstage-launcher-${crypto.randomUUID()}`,
      image: standInImage('cflinuxfs4'),
      hostname: 'h',
      env: {},
      init: INIT_ARGV,
      workingDir: VCAP.home,
      memoryMb: 64,
      diskMb: 1024,
      cpuShares: 10,
      pids: 64,
      nofile: 1024,
      publish: [],
    },
    { 'cfstage.test': 'conformance-launcher' },
  );
  try {
    const folders = ['app', 'deps', 'logs', 'tmp', ...Object.keys(files).map(dirname)];
    const trees = [
      { at: 'tmp/lifecycle', owner: { uid: 0, gid: 0 }, entries: textEntries(LIFECYCLE_FILES, 0o755) },
      { at: VCAP.home.slice(1), owner: VCAP, entries: directoryEntries(new Set(folders)) },
      { at: VCAP.home.slice(1), owner: VCAP, entries: textEntries(files, 0o644) },
    ];
    await container.upload(packTrees(trees), '/', signal);
    await container.start(signal);
    return container;
  } catch (error) {
    await container.remove();
    throw error;
  }
}

async function outcomeOf(container: Container, argv: readonly string[], env: Environment): Promise<Outcome> {
  const spec = { argv, env, user: VCAP.name, workingDir: VCAP.home };
  const { exitCode, stdout, stderr } = await runToEnd(container, spec, signal);
  return { exitCode, stdout: linesOf(stdout), stderr: linesOf(stderr) };
}

/** Equal but for variables, of which an engine may give a process more. */
function expectRecorded(actual: Outcome, expected: Outcome): void {
  const recorded = expected.stdout.filter((line) => !isVariable(line));
  expect({ ...actual, stdout: actual.stdout.filter((line) => !isVariable(line)) }).toEqual({
    ...expected,
    stdout: recorded,
  });
  expect(actual.stdout).toEqual(expect.arrayContaining([...expected.stdout]));
}

function isVariable(line: string): boolean {
  return /^[A-Z_]+=/.test(line);
}

function linesOf(output: Buffer): readonly string[] {
  const text = output.toString('utf8');
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
