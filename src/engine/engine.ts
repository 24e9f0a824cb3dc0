import type { Readable, Writable } from 'node:stream';
import type { AnyContainerSpec } from './container-config.ts';
import type { TrafficSource } from '../lifecycle/traffic-record.ts';
import type { Companion } from './companion.ts';

export interface ExecSpec {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDir: string;
  /** Attach standard input. */
  readonly stdin?: boolean;
  /** Give it a terminal; stdout and stderr are then one stream. */
  readonly tty?: boolean;
}

/** A process started inside a container. Both streams must be read to their end for `exitCode` to settle. */
export interface ExecProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Present when the process was started with `stdin`. */
  readonly stdin: Writable | undefined;
  /**
   * Exit code of the process, 128+n when signal n ended it. Rejects with ENGINE_LOST when the engine went away and
   * with CONTAINER_GONE when the container was removed meanwhile.
   */
  readonly exitCode: Promise<number>;
  resize(size: { columns: number; rows: number }): Promise<void>;
  /** Gives up the connection to the process, which goes on, with its input at an end if it has no terminal. */
  close(): void;
}

export interface ContainerState {
  readonly running: boolean;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** First IPv4 address of the container on the engine's networks, and of that network's gateway. */
  readonly ipAddress: string;
  readonly gateway: string;
  /** Container port → port on the engine's host. */
  readonly ports: ReadonlyMap<number, number>;
  readonly startedAt: string;
  /** When it ended last, by the engine's clock. */
  readonly finishedAt: string;
}

/** What a running container uses, as `cf app` shows it. */
export interface ContainerStats {
  /** Without files that the kernel could drop. */
  readonly memoryBytes: number;
  /** Of one core, over about a second: two busy cores are 200. */
  readonly cpuPercent: number;
}

/** Where output begins: all that there is, what comes from now on, or what came after a time of the engine's. */
export type OutputStart = 'all' | 'new' | { readonly after: string };

/** A container that this process made or found. Disposing removes it, running or not, and never throws for one that is gone. */
export interface Container extends AsyncDisposable {
  readonly id: string;
  readonly name: string;
  /** The storage driver makes writes beyond the container's `diskMb` fail. If not, somebody has to watch. */
  readonly limitsDisk: boolean;
  start(signal?: AbortSignal): Promise<void>;
  /** Unpacks a tar stream below `path`; works before and after start. */
  upload(tar: Readable, path: string, signal?: AbortSignal): Promise<void>;
  /** A tar stream of `path`; `dir/.` gives members that start with `./`. */
  download(path: string, signal?: AbortSignal): Promise<Readable>;
  exists(path: string): Promise<boolean>;
  /** `signal` gives up starting the process; afterwards it does nothing. */
  exec(spec: ExecSpec, signal?: AbortSignal): Promise<ExecProcess>;
  inspect(): Promise<ContainerState>;
  /** Takes a second. Rejects with CONTAINER_GONE when the container does not run. */
  stats(signal?: AbortSignal): Promise<ContainerStats>;
  /** What pid 1 writes, until it ends or the signal fires. */
  output(from: OutputStart, signal: AbortSignal): Promise<Pick<ExecProcess, 'stdout' | 'stderr'>>;
  /** Exit code of pid 1, once it has ended. */
  exited(signal: AbortSignal): Promise<number>;
  /** Bytes that the container has written beyond its image. Takes the engine as long as counting them does. */
  writtenBytes(): Promise<number>;
  /** SIGTERM to pid 1, SIGKILL after `graceSeconds`. */
  stop(graceSeconds: number): Promise<void>;
  remove(): Promise<void>;
  /** All that the engine says of it, in its own form; values of the environment are left out. */
  describe(): Promise<unknown>;
  /** Gives up every connection to it, as removing it does, and leaves it. */
  release(): void;
  /** Has a companion work for this container from here on, and go with it. */
  accompany(companion: Companion): void;
  /** Tells the companions who is at work in the container from here on; undefined: nobody but cfstage. */
  announce(source: TrafficSource | undefined): Promise<void>;
  /** Has the companions tell all that they know by now. */
  catchUp(): Promise<void>;
}

export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly ports: ReadonlyMap<number, number>;
}

export interface ImageSummary {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Bytes. */
  readonly size: number;
}

export interface EngineInfo {
  readonly product: 'docker' | 'podman';
  readonly version: string;
  readonly apiVersion: string;
  /** E.g. `linux/amd64`. */
  readonly platform: string;
  readonly cgroupVersion: string;
  readonly storageDriver: string;
  /** File system below the storage driver, e.g. `extfs`; empty where the engine does not say. */
  readonly backingFileSystem: string;
  /** The engine's folder on this machine; empty when it is on another one. */
  readonly dataRoot: string;
}

export interface PullProgress {
  /** Bytes received over all layers. */
  readonly received: number;
  /** Bytes of the layers whose size is known so far. */
  readonly total: number;
}

/** The container engine. The only port of cfstage to Docker; everything behind it lives in this folder. */
export interface Engine {
  /** E.g. `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** How the engine was found, e.g. `DOCKER_HOST`. */
  readonly foundBy: string;
  /** Host name or address under which published ports are reached from here. */
  readonly host: string;
  /** True when the engine publishes ports on this machine. */
  readonly isLocal: boolean;
  info(): Promise<EngineInfo>;
  image(reference: string): Promise<ImageSummary | undefined>;
  /** Without a platform the engine takes its own. */
  pullImage(
    reference: string,
    platform: string | undefined,
    onProgress: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Makes an image of a root file system. */
  importImage(
    tar: Readable,
    image: { repository: string; tag: string; labels: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<void>;
  removeImage(reference: string): Promise<void>;
  /** A tar as `docker save` writes it. */
  saveImage(reference: string, signal: AbortSignal): Promise<Readable>;
  /** Takes the images of such a tar. */
  loadImage(tar: Readable, signal: AbortSignal): Promise<void>;
  createContainer(
    spec: AnyContainerSpec,
    labels: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Container>;
  /** Containers that carry all of these labels (`''` matches any value). */
  listContainers(labels: Readonly<Record<string, string>>): Promise<readonly ContainerSummary[]>;
  container(id: string, name: string): Container;
  /** Makes a private network, unless one of that name is there. One without a way out reaches no other machine. */
  ensureNetwork(
    name: string,
    labels: Readonly<Record<string, string>>,
    way?: 'out' | 'no way out',
  ): Promise<void>;
  /** Puts a container on a network as well, under the names that it has on another; no matter if it is there already. */
  joinNetwork(containerId: string, name: string, like: string): Promise<void>;
  /** Resolves with false when containers are still on it. */
  removeNetwork(name: string): Promise<boolean>;
  /** Names of the networks that carry all of these labels (`''` matches any value). */
  listNetworks(labels: Readonly<Record<string, string>>): Promise<readonly NetworkSummary[]>;
}

export interface NetworkSummary {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}
