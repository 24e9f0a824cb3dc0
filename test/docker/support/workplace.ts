import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa, type Options } from 'execa';
import { expect, test as plainTest } from 'vitest';
import { connectEngine } from '../../../src/engine/connect.ts';
import { homeId } from '../../../src/app/workbench.ts';
import type { ContainerSummary } from '../../../src/engine/engine.ts';
import { CFSTAGE, buildpack, fixture } from './paths.ts';
import { replaceFile } from './replace-file.ts';
import { Running, type Ended } from './running.ts';

const engine = await connectEngine(process.env);

/** What every push of a test says: which stack image to take, the small web app, and the buildpack that adds nothing. */
export const STAND_IN = ['--stack-policy', 'stand-in'] as const;
export const HELLO_WEB = [
  ...STAND_IN,
  '--path',
  fixture('apps/hello-web'),
  '--buildpack',
  buildpack('uses-the-procfile'),
] as const;

/** One test's own app, state folder and temporary folder; closing it proves that nothing else is left. */
export class Workplace {
  /** Names of further apps of a test begin with it. */
  readonly app = `t-${randomBytes(4).toString('hex')}`;
  readonly root: string;
  readonly home: string;
  readonly temp: string;
  readonly #started: Running[] = [];

  constructor(root: string) {
    this.root = root;
    this.home = join(root, 'home');
    this.temp = join(root, 'temp');
  }

  /** Runs a command line to its end. */
  async run(args: readonly string[], options: Options = {}): Promise<Ended> {
    const { exitCode, signal, stdout, stderr } = await execa(process.execPath, [CFSTAGE, ...args], {
      ...this.#options(options),
      reject: false,
    });
    return { exitCode, signal, stdout: String(stdout), stderr: String(stderr) };
  }

  /** The same; anything but exit code 0 is an error. */
  async succeed(args: readonly string[], options: Options = {}): Promise<Ended> {
    const ended = await this.run(args, options);
    expect(ended, `cfstage ${args.join(' ')}`).toMatchObject({ exitCode: 0 });
    return ended;
  }

  /** Starts a command line that goes on. */
  start(args: readonly string[], options: Options = {}): Running {
    const running = new Running(args, this.#options(options));
    this.#started.push(running);
    return running;
  }

  /** Pushes the small web app and waits until it has started. */
  async pushHelloWeb(...flags: readonly string[]): Promise<Running> {
    const running = this.start(['push', this.app, ...HELLO_WEB, ...flags]);
    await running.url();
    return running;
  }

  /** Writes a file below the test's folder and answers its path. */
  async write(path: string, text: string): Promise<string> {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    replaceFile(file, text, join(this.root, '.written'));
    return file;
  }

  /** The containers that the engine has of this test's apps and services. */
  async containers(): Promise<readonly ContainerSummary[]> {
    const all = await engine.listContainers({ cfstage: '' });
    const home = homeId(this.home);
    return all.filter(
      ({ labels }) => labels['cfstage.home'] === home || labels['cfstage.app']?.startsWith(this.app),
    );
  }

  /** The networks that the engine has of this test's state folder. */
  async networks(): Promise<readonly string[]> {
    const found = await engine.listNetworks({ 'cfstage.home': homeId(this.home) });
    return found.map(({ name }) => name);
  }

  /** Temporary files: all in the system's folder, and those beside the state that are not in place yet. */
  async temporaryFiles(): Promise<readonly string[]> {
    const inHome = existsSync(this.home) ? await readdir(this.home, { recursive: true }) : [];
    return [...(await readdir(this.temp)), ...inHome.filter((path) => /\.(?:tmp|part)$/.test(path))];
  }

  async close(): Promise<void> {
    const stillRunning = this.#started.filter(({ isLive }) => isLive);
    for (const running of stillRunning) await running.end('SIGKILL');
    const left = {
      processes: stillRunning.map(({ output }) => output),
      containers: (await this.containers()).map(({ name }) => name),
      networks: await this.networks(),
      files: await this.temporaryFiles(),
    };
    for (const name of left.networks) await engine.removeNetwork(name);
    for (const { id, name } of await this.containers()) await engine.container(id, name).remove();
    await rm(this.root, { recursive: true, force: true });
    expect(left, 'what the test has left').toEqual({
      processes: [],
      containers: [],
      networks: [],
      files: [],
    });
  }

  #options(options: Options): Options {
    const env = { CFSTAGE_HOME: this.home, TMPDIR: this.temp, ...options.env };
    return { cwd: this.root, stdin: 'ignore', ...options, env };
  }
}

export async function openWorkplace(): Promise<Workplace> {
  const place = new Workplace(await mkdtemp(join(tmpdir(), 'cfstage-docker-test-')));
  await mkdir(place.temp);
  return place;
}

/** A test with a workplace of its own. */
export const test = plainTest.extend<{ place: Workplace }>({
  place: async ({}, use) => {
    const place = await openWorkplace();
    await use(place);
    await place.close();
  },
});
