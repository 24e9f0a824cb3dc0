import { finished, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { CfstageError, interruption } from '../errors.ts';
import type { TrafficSource } from '../lifecycle/traffic-record.ts';
import { sampleStats } from './container-stats.ts';
import { orDiskFull, type DiskProbe } from './disk-space.ts';
import { downloadByTar } from './download-by-tar.ts';
import { startExec } from './docker-exec.ts';
import { engineError, isAlreadySo, isNotFound } from './engine-errors.ts';
import { splitFrames } from './frames.ts';
import { inspectContainer } from './inspect-container.ts';
import { removeContainer } from './remove-container.ts';
import type { Companion } from './companion.ts';
import { StreamOwner } from './stream-owner.ts';
import type {
  Container,
  ContainerState,
  ContainerStats,
  ExecProcess,
  ExecSpec,
  OutputStart,
} from './engine.ts';

/** What a container has to know of its engine. */
export interface EngineFacts {
  readonly isPodman: Promise<boolean>;
  readonly diskIsFull: DiskProbe;
}

export class DockerContainer implements Container {
  readonly id: string;
  readonly name: string;
  readonly limitsDisk: boolean;
  readonly #docker: Docker;
  readonly #container: Docker.Container;
  readonly #isPodman: Promise<boolean>;
  readonly #diskIsFull: DiskProbe;
  readonly #streams = new StreamOwner();
  readonly #companions: Companion[] = [];

  constructor(docker: Docker, id: string, name: string, limitsDisk: boolean, facts: EngineFacts) {
    this.#docker = docker;
    this.#container = docker.getContainer(id);
    this.id = id;
    this.name = name;
    this.limitsDisk = limitsDisk;
    this.#isPodman = facts.isPodman;
    this.#diskIsFull = facts.diskIsFull;
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    try {
      await this.#container.start();
    } catch (error) {
      // Of a container that is there it means its network, which somebody else has removed.
      const isThere = isNotFound(error) && (await this.#isThere());
      const failure = isThere
        ? engineError(`start the container ${this.name}`, error)
        : this.#fault('start', error);
      throw await orDiskFull(failure, this.#diskIsFull);
    }
    await this.#all((companion) => companion.started?.());
  }

  async upload(tar: Readable, path: string, signal?: AbortSignal): Promise<void> {
    // A source that fails must fail the upload with its own error, not with the broken connection that follows from it.
    const source = new Promise<never>((_, reject) => {
      finished(tar, { writable: false }, (error) => {
        if (error) reject(error);
      });
    });
    source.catch(() => undefined);
    try {
      await Promise.race([
        this.#container.putArchive(tar, { path, ...(signal === undefined ? {} : { abortSignal: signal }) }),
        source,
      ]);
    } catch (error) {
      if (signal?.aborted === true) throw interruption(signal);
      throw await orDiskFull(this.#fault(`upload to ${path} of`, tar.errored ?? error), this.#diskIsFull);
    } finally {
      tar.destroy();
    }
  }

  async download(path: string, signal?: AbortSignal): Promise<Readable> {
    if (await this.#isPodman) return await downloadByTar(this, path, signal);
    try {
      const options = { path, ...(signal === undefined ? {} : { abortSignal: signal }) };
      return (await this.#container.getArchive(options)) as unknown as Readable;
    } catch (error) {
      if (signal?.aborted === true) throw interruption(signal);
      throw this.#fault(`download ${path} of`, error);
    }
  }

  async exists(path: string): Promise<boolean> {
    try {
      const answer: unknown = await this.#container.infoArchive({ path });
      // An answer that is never read keeps its connection open, and with it the process alive.
      (answer as Readable).resume();
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw this.#fault(`look at ${path} of`, error);
    }
  }

  async exec(spec: ExecSpec, signal?: AbortSignal): Promise<ExecProcess> {
    signal?.throwIfAborted();
    try {
      return await startExec(this.#container, spec, this.#streams, signal);
    } catch (error) {
      if (signal?.aborted === true) throw interruption(signal);
      const fault = this.#fault(`run ${spec.argv[0] ?? ''} in`, error);
      throw fault.code === 'ENGINE_FAILED' && !(await this.#isRunning()) ? this.#gone() : fault;
    }
  }

  async inspect(): Promise<ContainerState> {
    try {
      const { State, NetworkSettings } = await inspectContainer(this.#container);
      const network = Object.values(NetworkSettings.Networks).find(({ IPAddress }) => IPAddress !== '');
      const others = await this.#all((companion) => companion.ports?.());
      const ports = new Map<number, number>(others.flatMap((served) => [...(served ?? [])]));
      for (const [port, bindings] of Object.entries(NetworkSettings.Ports)) {
        const hostPort = Number((bindings as { HostPort?: string }[] | null)?.[0]?.HostPort ?? 0);
        if (hostPort > 0) ports.set(Number.parseInt(port, 10), hostPort);
      }
      return {
        running: State.Running,
        exitCode: State.ExitCode,
        oomKilled: State.OOMKilled,
        ipAddress: network?.IPAddress ?? '',
        gateway: network?.Gateway ?? '',
        ports,
        startedAt: State.StartedAt,
        finishedAt: State.FinishedAt,
      };
    } catch (error) {
      throw this.#fault('inspect', error);
    }
  }

  async stats(signal?: AbortSignal): Promise<ContainerStats> {
    const ended = this.#streams.signal;
    try {
      if (!(await this.inspect()).running) throw this.#gone();
      return await sampleStats(
        this,
        this.#container,
        signal === undefined ? ended : AbortSignal.any([signal, ended]),
      );
    } catch (error) {
      if (signal?.aborted === true) throw interruption(signal);
      if (ended.aborted) throw this.#gone();
      const fault = this.#fault('take a sample of', error);
      throw fault.code === 'ENGINE_FAILED' && !(await this.#isRunning()) ? this.#gone() : fault;
    }
  }

  async output(from: OutputStart, signal: AbortSignal): Promise<Pick<ExecProcess, 'stdout' | 'stderr'>> {
    try {
      const raw = (await this.#container.logs({
        _query: { follow: true, stdout: true, stderr: true, ...outputQuery(from) },
        follow: true,
        abortSignal: signal,
      } as object)) as unknown as Readable;
      this.#streams.own(raw);
      const { stdout, stderr, done } = splitFrames(raw);
      done.catch(() => undefined);
      return { stdout, stderr };
    } catch (error) {
      if (signal.aborted) throw interruption(signal);
      throw this.#fault('read the output of', error);
    }
  }

  async exited(signal: AbortSignal): Promise<number> {
    try {
      const { StatusCode } = (await this.#container.wait({ _query: {}, abortSignal: signal } as object)) as {
        StatusCode: number;
      };
      return StatusCode;
    } catch (error) {
      if (signal.aborted) throw interruption(signal);
      throw this.#fault('wait for', error);
    }
  }

  async writtenBytes(): Promise<number> {
    try {
      const state = (await this.#container.inspect({ size: true } as object)) as { SizeRw?: number };
      return state.SizeRw ?? 0;
    } catch (error) {
      throw this.#fault('measure', error);
    }
  }

  async stop(graceSeconds: number): Promise<void> {
    try {
      await this.#container.stop({ t: graceSeconds });
    } catch (error) {
      if (!isNotFound(error) && !isAlreadySo(error)) throw this.#fault('stop', error);
    }
  }

  async remove(): Promise<void> {
    try {
      await this.#all((companion) => companion.finish?.());
      await removeContainer(this.#docker, this.id);
    } catch (error) {
      // 409: another caller is removing it already.
      if (!isNotFound(error) && !isAlreadySo(error)) throw this.#fault('remove', error);
    } finally {
      this.#streams.release(this.#gone());
      await this.#all((companion) => companion.remove());
    }
  }

  async describe(): Promise<unknown> {
    try {
      const found = await inspectContainer(this.#container);
      const Env = found.Config.Env.map((variable) => `${variable.split('=', 1)[0] ?? ''}=…`);
      return { ...found, Config: { ...found.Config, Env } };
    } catch (error) {
      throw this.#fault('inspect', error);
    }
  }

  release(): void {
    this.#streams.release(this.#gone());
  }

  accompany(companion: Companion): void {
    this.#companions.push(companion);
  }

  async announce(source: TrafficSource | undefined): Promise<void> {
    await this.#all((companion) => companion.announce?.(source));
  }

  async catchUp(): Promise<void> {
    await this.#all((companion) => companion.catchUp?.());
  }

  async #all<T>(ask: (companion: Companion) => Promise<T> | undefined): Promise<readonly (T | undefined)[]> {
    return await Promise.all(this.#companions.map(async (companion) => await ask(companion)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }

  #fault(operation: string, error: unknown): CfstageError {
    const { code, message, hint = '' } = this.#gone();
    const gone = { code, message, hint };
    return engineError(`${operation} the container ${this.name}`, error, { 404: gone, 409: gone });
  }

  /** An engine refuses to start a process in a container that has just ended with one of several errors. */
  async #isRunning(): Promise<boolean> {
    if (this.#streams.signal.aborted) return false;
    return await this.inspect().then(
      ({ running }) => running,
      () => false,
    );
  }

  async #isThere(): Promise<boolean> {
    return await this.inspect().then(
      () => true,
      () => false,
    );
  }

  #gone(): CfstageError {
    return new CfstageError(
      'CONTAINER_GONE',
      `The container ${this.name} is gone: it was stopped or removed from outside`,
      { hint: 'Run the command again.' },
    );
  }
}

function outputQuery(from: OutputStart): object {
  if (from === 'all') return {};
  return from === 'new' ? { tail: '0' } : { since: sinceEpoch(from.after) };
}

/** RFC 3339 with nanoseconds, which no Date holds, as the engine's logs take it: seconds and nanoseconds. */
function sinceEpoch(time: string): string {
  const nanoseconds = /\.(\d+)/.exec(time)?.[1] ?? '';
  return `${Math.floor(Date.parse(time) / 1000)}.${nanoseconds.padEnd(9, '0').slice(0, 9)}`;
}
