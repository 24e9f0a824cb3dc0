import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fingerprintEntries } from '../../../src/archive/fingerprint.ts';
import { createBuildpackHash } from '../../../src/buildpack/buildpack-hash.ts';
import { inspectBuildpack } from '../../../src/buildpack/buildpack.ts';
import { appFacts } from '../../../src/app/identity.ts';
import { openWorkbench, type Workbench } from '../../../src/app/workbench.ts';
import type { Container } from '../../../src/engine/engine.ts';
import { runToEnd } from '../../../src/engine/run-to-end.ts';
import { readAppBits } from '../../../src/host/app-bits.ts';
import { openBuildpack } from '../../../src/host/buildpack-source.ts';
import { homeAt } from '../../../src/host/home.ts';
import { resultJson } from '../../../src/lifecycle/staging-result.ts';
import { stagingInfoYml } from '../../../src/lifecycle/staging-info.ts';
import type { Event } from '../../../src/logs/event.ts';
import { emitTo } from '../../../src/logs/emitter.ts';
import { MemorySink } from '../../../src/logs/memory-sink.ts';
import type { AppManifest } from '../../../src/manifest/manifest.ts';
import { decideRedo, type Redo } from '../../../src/plan/decide-redo.ts';
import { planStaging } from '../../../src/plan/plan-staging.ts';
import type { StagingPlan } from '../../../src/plan/staging-plan.ts';
import { standInImage } from '../../../src/stack/stand-in.ts';
import type { FailedStaging, StagedDroplet } from '../../../src/stager/conclude-staging.ts';
import type { VersionedInputs } from '../../../src/stager/input-sync.ts';
import { RewindableStaging, type WatchedFailure } from '../../../src/stager/rewindable-staging.ts';
import { Stager } from '../../../src/stager/stager.ts';
import type { StoredCache } from '../../../src/stager/staging-container.ts';
import type { WatchedDroplet } from '../../../src/stager/watched-droplet.ts';
import type { Workplace } from './workplace.ts';

/** What a staging came to, in a form that two can be compared in. */
export interface Outcome {
  readonly result: string | undefined;
  readonly stagingInfo: string | undefined;
  readonly failure: unknown;
  /** Path → type, mode, owner, size, link or digest; of the droplet and of the cache. */
  readonly files: Readonly<Record<string, string>>;
}

export interface LabOptions {
  /** In order, as the manifest would name them; of each there is a directory of that name in the lab. */
  readonly buildpacks: readonly string[];
  readonly detect?: boolean;
  readonly cache?: StoredCache;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Redone {
  readonly redo: Redo;
  /** Undefined when nothing had to be redone. */
  readonly staged: WatchedDroplet | WatchedFailure | undefined;
  readonly outcome: Outcome;
}

const signal = new AbortController().signal;

/** One app and its buildpacks in a folder, to be edited, redone and compared with staging from nothing. */
export class RedoLab implements AsyncDisposable {
  readonly memory: MemorySink;
  readonly warnings: Event[] = [];
  readonly staging: RewindableStaging;
  readonly options: LabOptions;
  env: Readonly<Record<string, string>>;
  readonly #place: Workplace;
  readonly bench: Workbench;
  readonly #app;
  #outcome: Outcome | undefined;

  private constructor(place: Workplace, bench: Workbench, memory: MemorySink, options: LabOptions) {
    this.#place = place;
    this.bench = bench;
    this.memory = memory;
    this.options = options;
    this.env = options.env ?? {};
    this.staging = new RewindableStaging(bench.cell, bench.emit);
    this.#app = appFacts({ name: place.app, routes: [] } as unknown as AppManifest, 'localhost');
  }

  static async open(place: Workplace, options: LabOptions): Promise<RedoLab> {
    const memory = new MemorySink();
    const bench = await openWorkbench(process.env, place.home, emitTo([memory]));
    return new RedoLab(place, bench, memory, options);
  }

  /** Keeps of the events so far the warnings only. */
  forgetEvents(): void {
    this.warnings.push(...this.memory.events.filter(({ type }) => type === 'warning'));
    this.memory.events.length = 0;
  }

  path(...names: string[]): string {
    return join(this.#place.root, ...names);
  }

  /** Takes a fixture directory into the lab under a name. */
  async take(from: string, name: string): Promise<void> {
    await cp(from, this.path(name), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }

  async write(path: string, text: string, mode?: number): Promise<void> {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await writeFile(this.path(path), text);
    if (mode !== undefined) await chmod(this.path(path), mode);
  }

  async remove(path: string): Promise<void> {
    await rm(this.path(path), { recursive: true });
  }

  /** Replaces text in a file. */
  async edit(path: string, change: (text: string) => string): Promise<void> {
    await writeFile(this.path(path), change(await readFile(this.path(path), 'utf8')));
  }

  async prepare(): Promise<{ plan: StagingPlan; inputs: VersionedInputs }> {
    const { buildpacks: keys, detect = false, cache } = this.options;
    const home = homeAt(this.#place.home);
    const bits = await readAppBits(this.path('app'));
    const sources = await Promise.all(
      keys.map((key) => openBuildpack({ kind: 'directory', location: this.path(nameOf(key)) }, { home })),
    );
    const plan = planStaging({
      app: this.#app,
      webMemoryMb: 256,
      webLogRateLimitBytes: -1,
      userEnvironment: this.env,
      services: { kind: 'env', vcapServices: '{}' },
      certificates: { systemCertificates: false, instanceIdentity: true },
      stack: 'cflinuxfs4',
      image: standInImage('cflinuxfs4'),
      buildpacks: sources.map(({ listing }, i) => inspectBuildpack(keys[i] ?? '', listing)),
      skipDetect: !detect,
      downloads: [],
      buildGuid: `guid-${this.#place.app}`,
      contentsSuffix: '123456789',
      hash: await createBuildpackHash(),
      timeoutSeconds: 120,
    });
    const fingerprints = {
      bits: await fingerprintEntries(bits.entries()),
      buildpacks: await Promise.all(sources.map((source) => fingerprintEntries(source.entries()))),
      cache: cache === undefined ? '' : 'given',
      platform: '',
      services: '',
    };
    const inputs: VersionedInputs = {
      bits,
      buildpacks: sources,
      caCertificates: [],
      serviceFiles: {},
      issueCredentials: () => Promise.resolve({ certificate: 'certificate\n', key: 'key\n' }),
      awaitServices: () => Promise.resolve(),
      fingerprints,
    };
    return { plan, inputs };
  }

  /** Stages what the lab holds, with as little as has to be redone; something has to. */
  async redo(): Promise<Redone> {
    const redone = await this.redoIfNeeded();
    if (redone.staged === undefined) throw new Error(`Nothing is redone: ${redone.redo.reason}`);
    return redone;
  }

  /** The same; where nothing has to be redone the outcome is that of before. */
  async redoIfNeeded(): Promise<Redone> {
    const { plan, inputs } = await this.prepare();
    const { last } = this.staging;
    const launch = { routes: '', instances: '', settings: '' };
    const redo: Redo =
      last === undefined
        ? { kind: 'anew', reason: 'first' }
        : decideRedo({ trace: last, launch }, { plan, inputs: inputs.fingerprints, launch });
    if (redo.kind === 'redo' || redo.kind === 'anew') {
      const from = redo.kind === 'redo' ? redo.from : 'nothing';
      const staged = await this.staging.stage(plan, inputs, this.options.cache, from, signal);
      const { container } = this.staging;
      if (container === undefined) throw new Error('There is no container');
      this.#outcome = await describe(staged, container, plan);
      return { redo, staged, outcome: this.#outcome };
    }
    if (this.#outcome === undefined) throw new Error('Nothing was staged yet');
    return { redo, staged: undefined, outcome: this.#outcome };
  }

  /** Stages it in a container of its own. */
  async fromNothing(): Promise<Outcome> {
    const { plan, inputs } = await this.prepare();
    const named = { ...plan, container: { ...plan.container, name: `${plan.container.name}-nothing` } };
    let container: Container | undefined;
    await using staged = await new Stager(
      { ...this.bench.cell, engine: seeing(this.bench.cell.engine, (made) => (container = made)) },
      () => undefined,
    ).stage(named, inputs, this.options.cache, signal);
    if (container === undefined) throw new Error('There is no container');
    return await describe(staged, container, plan);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.staging[Symbol.asyncDispose]();
  }
}

function seeing(engine: Workbench['cell']['engine'], see: (container: Container) => void) {
  return new Proxy(engine, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'createContainer') return value.bind(target) as unknown;
      return async (...args: Parameters<typeof engine.createContainer>) => {
        const container = await target.createContainer(...args);
        see(container);
        return container;
      };
    },
  });
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

const DESCRIBE = `cd "$1" 2>/dev/null || exit 0
find . -mindepth 1 -printf '%y %m %U %G %n %s %l\\0%P\\0'
printf '\\0'
find . -type f -print0 | xargs -0 -r sha256sum -z
`;

export async function describe(
  staged: StagedDroplet | FailedStaging,
  container: Container,
  { contentsDir }: StagingPlan,
): Promise<Outcome> {
  const files: Record<string, string> = {};
  if (staged.failure === undefined) {
    for (const root of [contentsDir, '/tmp/cache']) {
      const argv = ['/bin/bash', '-c', DESCRIBE, 'describe', root];
      const spec = { argv, env: { LC_ALL: 'C' }, user: 'root', workingDir: '/' };
      const { stdout } = await runToEnd(container, spec, signal);
      Object.assign(
        files,
        parseDescription(stdout.toString('latin1'), root === contentsDir ? 'droplet' : 'cache'),
      );
    }
  }
  return {
    result: staged.result === undefined ? undefined : resultJson(staged.result),
    stagingInfo: staged.failure === undefined ? stagingInfoYml(staged.stagingInfo) : undefined,
    failure: staged.failure,
    files,
  };
}

function parseDescription(text: string, prefix: string): Record<string, string> {
  const end = text.startsWith('\0') ? 0 : text.indexOf('\0\0');
  const nodes = text.slice(0, end).split('\0');
  const digests = new Map(
    text
      .slice(end + 2)
      .split('\0')
      .map((line) => [line.slice(68), line.slice(0, 64)]),
  );
  const files: Record<string, string> = {};
  for (let i = 0; i + 1 < nodes.length; i += 2) {
    const path = nodes[i + 1] ?? '';
    const [type = '', mode, uid, gid, links, size, ...target] = (nodes[i] ?? '').split(' ');
    const facts = [type, mode, uid, gid, type === 'f' ? links : '', type === 'd' ? '' : size, ...target];
    files[`${prefix}/${path}`] = [...facts, digests.get(path) ?? ''].join(' ');
  }
  return files;
}

/** The bytes of a stream, digested. */
export async function digestOf(stream: NodeJS.ReadableStream): Promise<string> {
  return createHash('sha256')
    .update(await buffer(stream))
    .digest('hex');
}
