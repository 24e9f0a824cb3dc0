import type { AppStatus } from '../app/app-status.ts';
import { firstWeb } from '../app/describe-app.ts';
import type { ContainerProcess } from '../app/instance-shell.ts';
import type { TrafficRecord } from '../lifecycle/traffic-record.ts';
import { internalHosts } from '../plan/private-network.ts';
import type { AppRunner } from './app-runner.ts';
import type { Droplet } from './droplet.ts';
import { eventually, type Waiting } from './eventually.ts';
import { fetchApp, type AppRequestInit } from './fetch-app.ts';
import type { InstanceFinder } from './instance-finder.ts';
import { type InstanceRef } from './instance-finder.ts';
import type { LogView } from './log-view.ts';
import type { PhaseReport } from './phase-report.ts';
import { crashesOf, processExits, type Crash, type ProcessExit } from './process-exits.ts';
import type { StagingReport } from './staging-report.ts';

/** What a command in a container came to. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where the time of a deployment went so far, in milliseconds. */
export interface Timings {
  /** In `execute`, `stage`, `restage`, `start`, `restart`, `stop` and `delete`. */
  readonly totalMs: number;
  /** The part of it that this library has added to what cfstage does. */
  readonly frameworkMs: number;
}

/** One thing that a container has tried to reach. Each is there once for each source and answer. */
export type Traffic = Omit<TrafficRecord, 'attempts'>;

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Releases what a platform has made for a deployment. */
export type Release = (deployment: Deployment) => Promise<void>;

/** An app that was deployed. Leaving its scope (`await using`) or `delete()` stops it and forgets it. */
export class Deployment implements AsyncDisposable {
  readonly name: string;
  readonly #app: AppRunner;
  readonly #instances: InstanceFinder;
  readonly #release: Release;
  #totalMs: number;
  #deleted: Promise<void> | undefined;

  /** `since`: when its making began, on the clock of `performance`. */
  constructor(app: AppRunner, instances: InstanceFinder, release: Release, since: number) {
    this.name = app.name;
    this.#app = app;
    this.#instances = instances;
    this.#release = release;
    this.#totalMs = performance.now() - since;
  }

  /** The newest staging, of `restage` if that was called. */
  get staging(): StagingReport {
    return this.#app.staging;
  }

  /** The log of the newest staging. */
  get stagingLogs(): LogView {
    return this.#app.staging.logs;
  }

  /** The whole log: of all stagings, the platform, the app and its sidecars. */
  get logs(): LogView {
    return this.#app.logs;
  }

  /** The scripts that the newest staging ran. */
  get phases(): readonly PhaseReport[] {
    return this.#app.staging.phases;
  }

  get droplet(): Droplet {
    return this.#app.droplet;
  }

  /** The first instance of web that runs, past the router; empty when there is none. */
  get url(): string {
    const { running } = this.#app;
    return running === undefined ? '' : (firstWeb(running.status())?.url ?? '');
  }

  /** URLs at the router, by host name. */
  get routes(): readonly string[] {
    return this.#app.running?.routes ?? [];
  }

  /** Where the other apps of the platform reach it. */
  get internalUrl(): string {
    return `http://${internalHosts(this.name, 0, [])[0] ?? ''}:8080`;
  }

  /** Whether it was started and not stopped since; its instances may have crashed. */
  get isRunning(): boolean {
    return this.#app.running !== undefined;
  }

  /** Processes and instances as `cf app` tells them. Raises APP_NOT_FOUND when the app does not run. */
  status(): AppStatus {
    return this.#app.requireRunning().status();
  }

  /** As `fetch`, with a path of the app; tried again until somebody answers or the deadline (10 seconds). */
  async fetch(path = '/', init: AppRequestInit = {}): Promise<Response> {
    return await fetchApp(() => this.url, path, init);
  }

  /** Runs a command line beside the app, with the app's environment, as vcap in its home directory. */
  async exec(command: string, options: InstanceRef & { readonly stdin?: string } = {}): Promise<ExecResult> {
    const { shell, signal } = this.#instances.find(options);
    const { exitCode, stdout, stderr } = await shell.run(command, options.stdin, signal);
    return { exitCode, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
  }

  /** Paths in the app's container that match, e.g. `deps/0/bin/*` or `app/**`; relative ones are below /home/vcap. */
  async files(glob: string, options: InstanceRef = {}): Promise<readonly string[]> {
    const { shell, signal } = this.#instances.find(options);
    return await shell.files(glob, signal);
  }

  /** The text of a file in the app's container; a relative path is below /home/vcap. Raises USAGE. */
  async readFile(path: string, options: InstanceRef = {}): Promise<string> {
    const { shell, signal } = this.#instances.find(options);
    return (await shell.read(path, signal)).toString('utf8');
  }

  /** The processes in the app's container, those of the app and those that keep it. */
  async processes(options: InstanceRef = {}): Promise<readonly ContainerProcess[]> {
    const { shell, signal } = this.#instances.find(options);
    return await shell.processes(signal);
  }

  /** The TCP ports that somebody listens on in the app's container, ascending. */
  async listeningPorts(options: InstanceRef = {}): Promise<readonly number[]> {
    const { shell, signal } = this.#instances.find(options);
    return await shell.listeningPorts(signal);
  }

  /** The environment that a process or sidecar runs with, profile scripts included. */
  async env(options: InstanceRef = {}): Promise<Readonly<Record<string, string>>> {
    const { shell, step, signal } = this.#instances.find(options);
    return await shell.environment(step, signal);
  }

  /** Sends a signal to a process (`web`) or a sidecar (by its name), of the first instance unless told otherwise. */
  async signal(
    process: string,
    name: NodeJS.Signals,
    options: Omit<InstanceRef, 'process'> = {},
  ): Promise<void> {
    const { shell, step, signal } = this.#instances.find({ ...options, process });
    await shell.kill(step, name, signal);
  }

  /** The processes that have ended since the app was last started, in order. */
  get exits(): readonly ProcessExit[] {
    return processExits(this.#app.eventsOfRun);
  }

  /** The first of them, as soon as there is one; undefined if the app ends without. */
  get exited(): Promise<ProcessExit | undefined> {
    const run = this.#app.running;
    const hasExit = () => this.exits.length > 0;
    const isOver = () =>
      this.#app.running !== run || this.#app.eventsOfRun.some(({ type }) => type === 'app-stopped');
    return this.#until(() => hasExit() || isOver(), { within: 2 ** 31 - 1 }).then(() => this.exits[0]);
  }

  /** The crashes since the app was last started, as the platform tells them. */
  get crashes(): readonly Crash[] {
    return crashesOf(this.#app.eventsOfRun);
  }

  /**
   * What the containers of the app have tried to reach, allowed or not, from the first staging on; see `trafficByNow`.
   * Undefined when it is not recorded: see `withTrafficRecorded`.
   */
  get traffic(): readonly Traffic[] | undefined {
    const { traffic, proxy } = this.#app.request;
    if (!traffic && proxy === undefined) return undefined;
    return this.#app.log.events.flatMap((event) => (event.type === 'traffic' ? [event.record] : []));
  }

  /**
   * The same once all of it is known up to now. A try of a running app that has no answer yet is told as unanswered.
   */
  async trafficByNow(): Promise<readonly Traffic[] | undefined> {
    await this.#app.running?.catchUp();
    return this.traffic;
  }

  /** Whether a condition on this deployment holds in time (10 seconds); looked at whenever something happens to it. */
  async until(condition: () => boolean, waiting: Waiting = {}): Promise<boolean> {
    return await this.#until(condition, waiting);
  }

  /**
   * Stages the app again with the build cache of before, and starts it. The run of before goes on until then, and if it
   * fails. Raises StagingError and StartError.
   */
  async restage({ signal = NEVER }: CallOptions = {}): Promise<StagingReport> {
    await this.#timed(() => this.#app.push(signal));
    return this.staging;
  }

  /** Starts an app that was only staged, or was stopped. Raises StartError. */
  async start({ signal = NEVER }: CallOptions = {}): Promise<void> {
    if (this.#app.running === undefined) await this.#timed(() => this.#app.start(signal));
  }

  /** Replaces all instances by new ones of the same droplet. Raises StartError. */
  async restart({ signal = NEVER }: CallOptions = {}): Promise<void> {
    await this.#timed(() => this.#app.restart(signal));
  }

  /** Stops it as `cf stop` does; its droplet and its log stay. */
  async stop(): Promise<void> {
    await this.#timed(() => this.#app.stop());
  }

  /** Stops it and removes its droplet and cache; a later deployment of the same name keeps those. */
  async delete(): Promise<void> {
    this.#deleted ??= this.#timed(async () => {
      try {
        await this.#app.stop();
      } finally {
        await this.#release(this);
      }
    });
    await this.#deleted;
  }

  get timings(): Timings {
    return { totalMs: this.#totalMs, frameworkMs: this.#totalMs - this.#app.workMs };
  }

  /** What test runners show of it; they would follow every getter. */
  toJSON(): unknown {
    return { name: this.name, url: this.url };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.delete();
  }

  async #until(condition: () => boolean, waiting: Waiting): Promise<boolean> {
    return await eventually(condition, (listener) => this.#app.onChange(listener), waiting);
  }

  async #timed<T>(task: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await task();
    } finally {
      this.#totalMs += performance.now() - start;
    }
  }
}

const NEVER = new AbortController().signal;
