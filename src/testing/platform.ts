import { randomBytes } from 'node:crypto';
import { planApp } from '../app/plan-app.ts';
import { removePrivateNetworks } from '../app/private-network.ts';
import { registerBuildpack } from '../app/registered-buildpacks.ts';
import { openWorkbench, type Workbench } from '../app/workbench.ts';
import { watchRemovals, type BeforeRemoval } from '../engine/watch-removals.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { deleteApp } from '../host/app-store.ts';
import { homeAt, homeFolder } from '../host/home.ts';
import { emitTo, type Sink } from '../logs/emitter.ts';
import { renderLaunchPlan, renderStagingPlan } from '../plan/render-plan.ts';
import type { StackPolicy } from '../stack/stack-choice.ts';
import { AppRunner } from './app-runner.ts';
import { deployRequest, type PlatformDefaults } from './deploy-request.ts';
import type { BuildpackRef } from './deploy-settings.ts';
import { Deploy, type Executor, type Source } from './deploy.ts';
import { Deployment } from './deployment.ts';
import { EventLog } from './event-log.ts';
import { InstanceFinder } from './instance-finder.ts';
import { PlatformFolder } from './platform-folder.ts';

export interface PlatformOptions {
  /** The stack of all deployments that do not say theirs. Absent: that of their manifest, else `cflinuxfs4`. */
  readonly stack?: string;
  /** Absent: the stack's image, pulled if need be, else its stand-in. */
  readonly stackPolicy?: StackPolicy;
  /** Buildpacks that deployments may name, and among which an app without buildpacks is detected, in this order. */
  readonly buildpacks?: Readonly<Record<string, BuildpackRef>>;
  /** PEM file whose certificates the containers are to trust. */
  readonly caCert?: string;
  /** Takes every event of every deployment as well. */
  readonly sink?: Sink;
  /** Record the files that each script of a staging changes, as events `phase-recorded`; takes a moment a script. */
  readonly recordChanges?: boolean;
  /** Is asked before a container of a deployment is removed, and may keep it. */
  readonly beforeRemoval?: BeforeRemoval;
  /** Where DOCKER_HOST and CFSTAGE_HOME are looked up; the process's own if absent. */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

const NEVER = new AbortController().signal;

/**
 * A platform to deploy apps to: a container engine and a state folder of its own, so that tests that run at the same time
 * do not see each other's apps. Raises DOCKER_UNREACHABLE and BUILDPACK_INVALID.
 */
export async function createPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const { env = process.env, signal = NEVER } = options;
  signal.throwIfAborted();
  const folder = await PlatformFolder.make(homeAt(homeFolder(env)));
  try {
    const opening = openWorkbench(env, folder.home, emitTo([]));
    for (const [name, reference] of Object.entries(options.buildpacks ?? {})) {
      const path = await folder.buildpack(reference);
      await registerBuildpack(
        { home: folder.home, cwd: process.cwd() },
        { name, path, position: undefined },
        signal,
      );
    }
    const workbench = await orInterrupted(opening, signal);
    return new Platform(folder, watched(workbench, options.beforeRemoval), options);
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

/** Leaving its scope (`await using`) or `close()` ends all of its deployments. */
export class Platform implements AsyncDisposable {
  /** Where every deployment begins. */
  readonly deploy: Deploy;
  readonly #folder: PlatformFolder;
  readonly #workbench: Workbench;
  readonly #defaults: PlatformDefaults;
  readonly #sink: Sink | undefined;
  readonly #deployments = new Set<Deployment>();
  /** The newest deployment of each name: it is the app's. */
  readonly #newest = new Map<string, Deployment>();
  #closed: Promise<void> | undefined;

  constructor(folder: PlatformFolder, workbench: Workbench, options: PlatformOptions) {
    this.#folder = folder;
    this.#workbench = workbench;
    this.#defaults = options;
    this.#sink = options.sink;
    this.deploy = new Deploy((...order) => this.#execute(...order));
  }

  /** The state folder, as CFSTAGE_HOME names one: `cfstage` on it sees the apps of the platform. */
  get home(): string {
    return this.#folder.home;
  }

  /** What a deployment would do, as `cfstage plan` prints it. */
  async plan(
    { settings }: Deploy,
    name: string,
    source: Source,
    signal: AbortSignal = NEVER,
  ): Promise<string> {
    const paths = await this.#folder.prepare(source, settings);
    const request = deployRequest(name, settings, paths, this.#defaults);
    const { staging, launches } = await planApp(request, { ...this.#workbench, emit: emitTo([]) }, signal);
    return `${[renderStagingPlan(staging), ...launches.map(renderLaunchPlan)].join('\n\n')}\n`;
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  readonly #execute: Executor = async (settings, name, source, { start, signal = NEVER, sink }) => {
    const since = performance.now();
    signal.throwIfAborted();
    if (this.#closed !== undefined) throw closedError();
    const paths = await this.#folder.prepare(source, settings);
    const log = new EventLog();
    const sinks = [this.#sink, sink].filter((one) => one !== undefined);
    const app = new AppRunner(
      deployRequest(name, settings, paths, this.#defaults),
      log,
      sinks,
      this.#workbench,
    );
    await (start ? app.push(signal) : app.stage(signal));
    const deployment = new Deployment(
      app,
      new InstanceFinder(app, this.#workbench),
      (one) => this.#release(one),
      since,
    );
    this.#deployments.add(deployment);
    this.#newest.set(name, deployment);
    return deployment;
  };

  async #release(deployment: Deployment): Promise<void> {
    this.#deployments.delete(deployment);
    const { name } = deployment;
    if (this.#newest.get(name) !== deployment) return;
    this.#newest.delete(name);
    await deleteApp(this.#workbench.home, name);
  }

  async #close(): Promise<void> {
    const ends = await Promise.allSettled([...this.#deployments].map((one) => one.delete()));
    // Whoever left last may have seen the container of another that was about to go.
    await removePrivateNetworks(this.#workbench);
    await this.#folder[Symbol.asyncDispose]();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

function watched(workbench: Workbench, before: BeforeRemoval | undefined): Workbench {
  if (before === undefined) return workbench;
  const { cell } = workbench;
  return { ...workbench, cell: { ...cell, engine: watchRemovals(cell.engine, before) } };
}

function closedError(): CfstageError {
  return new CfstageError('USAGE', 'The platform is closed', { hint: 'Deploy before close() is called.' });
}

/** A name for an app that no other has, e.g. `app-1f0c9a52`. */
export function randomName(prefix = 'app'): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
