import { hostname } from 'node:os';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { interruption } from '../errors.ts';
import { containerConfig, type AnyContainerSpec } from './container-config.ts';
import { DockerContainer, type EngineFacts } from './docker-container.ts';
import { diskProbe, orDiskFull } from './disk-space.ts';
import { engineError, isNotFound } from './engine-errors.ts';
import type { Endpoint } from './endpoint.ts';
import type { EnginePlace } from './engine-place.ts';
import { Networks } from './networks.ts';
import { loadImage, saveImage } from './image-archive.ts';
import { pullImage } from './pull-image.ts';
import type {
  Container,
  ContainerSummary,
  Engine,
  EngineInfo,
  ImageSummary,
  NetworkSummary,
  PullProgress,
} from './engine.ts';

/** The engine behind dockerode: Docker, or Podman's socket, which answers the same API. */
export class DockerEngine implements Engine {
  readonly address: string;
  readonly foundBy: string;
  readonly host: string;
  readonly isLocal: boolean;
  readonly #docker: Docker;
  readonly #facts: EngineFacts;
  readonly #networks: Networks;
  #diskQuota: Promise<DiskQuota>;

  constructor(docker: Docker, endpoint: Endpoint, { host, isLocal }: EnginePlace) {
    this.#docker = docker;
    this.address = endpoint.address;
    this.foundBy = endpoint.foundBy;
    this.host = host;
    this.isLocal = isLocal;
    // Asked now, so that nobody waits for the answer when the first container is made.
    const info = this.info();
    this.#diskQuota = info.then(diskQuota, () => 'none');
    this.#facts = {
      isPodman: info.then(
        ({ product }) => product === 'podman',
        () => false,
      ),
      diskIsFull: this.isLocal ? diskProbe(async () => (await info).dataRoot) : () => Promise.resolve(false),
    };
    this.#networks = new Networks(docker, this.#facts.isPodman);
  }

  async info(): Promise<EngineInfo> {
    try {
      const [version, info] = await Promise.all([
        this.#docker.version(),
        this.#docker.info() as Promise<Record<string, unknown>>,
      ]);
      const components = (version as { Components?: { Name: string }[] }).Components ?? [];
      return {
        product: components.some(({ Name }) => Name.startsWith('Podman')) ? 'podman' : 'docker',
        version: version.Version,
        apiVersion: version.ApiVersion,
        platform: `${version.Os}/${version.Arch}`,
        cgroupVersion: textOf(info['CgroupVersion'], '1'),
        storageDriver: textOf(info['Driver'], 'unknown'),
        backingFileSystem: backingFileSystem(info['DriverStatus']),
        // By its name: a loopback address may lead to a virtual machine, whose folders are not ours.
        dataRoot: info['Name'] === hostname() ? textOf(info['DockerRootDir'], '') : '',
      };
    } catch (error) {
      throw engineError('describe itself', error);
    }
  }

  async image(reference: string): Promise<ImageSummary | undefined> {
    try {
      const image = await this.#docker.getImage(reference).inspect();
      // Podman leaves Config out of images that were imported without one.
      const config = image.Config as { Labels?: Record<string, string> | null } | undefined;
      return { id: image.Id, labels: config?.Labels ?? {}, size: image.Size };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw engineError(`look up the image ${reference}`, error);
    }
  }

  async pullImage(
    reference: string,
    platform: string | undefined,
    onProgress: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await pullImage(this.#docker, reference, platform, onProgress, signal);
  }

  async importImage(
    tar: Readable,
    image: { repository: string; tag: string; labels: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<void> {
    const changes = Object.entries(image.labels).map(
      ([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`,
    );
    try {
      const answer = await this.#docker.importImage(tar, {
        // Podman would take no notice of a tag of its own.
        repo: `${image.repository}:${image.tag}`,
        changes,
        abortSignal: signal,
      } as object);
      // The engine has the image only once its answer has been read to the end.
      await text(answer as AsyncIterable<Buffer>);
    } catch (error) {
      if (signal.aborted) throw interruption(signal);
      throw await orDiskFull(
        engineError(`import the image ${image.repository}:${image.tag}`, error),
        this.#facts.diskIsFull,
      );
    } finally {
      tar.destroy();
    }
  }

  async removeImage(reference: string): Promise<void> {
    try {
      await this.#docker.getImage(reference).remove({ force: true });
    } catch (error) {
      if (!isNotFound(error)) throw engineError(`remove the image ${reference}`, error);
    }
  }

  async saveImage(reference: string, signal: AbortSignal): Promise<Readable> {
    return await saveImage(this.#docker, reference, signal);
  }

  async loadImage(tar: Readable, signal: AbortSignal): Promise<void> {
    await loadImage(this.#docker, tar, signal);
  }

  async createContainer(
    spec: AnyContainerSpec,
    labels: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Container> {
    signal?.throwIfAborted();
    const platform = 'platform' in spec ? spec.platform : undefined;
    const query = { name: spec.name, ...(platform === undefined ? {} : { platform }) };
    const isPodman = await this.#facts.isPodman;
    // Not cancelled half-way: a create that is cut off may still leave a container, of which nobody knows the id.
    const create = async (limitsDisk: boolean) => {
      const body = { ...containerConfig(spec, { limitsDisk, isPodman }), Labels: labels };
      const created = await this.#docker.createContainer({ _query: query, _body: body } as object);
      const container = new DockerContainer(this.#docker, created.id, spec.name, limitsDisk, this.#facts);
      await this.#joinMore(container, spec);
      return container;
    };
    try {
      const quota = 'diskMb' in spec ? await this.#diskQuota : 'none';
      if (quota !== 'perhaps') return await create(quota === 'yes');
      try {
        return await create(true);
      } catch (error) {
        if (isNotFound(error)) throw error;
        const container = await create(false);
        this.#diskQuota = Promise.resolve('none');
        return container;
      }
    } catch (error) {
      const failure = engineError(`create the container ${spec.name}`, error, {
        404: {
          code: 'STACK_UNAVAILABLE',
          message: `The image ${spec.image} is not on the engine`,
          hint: 'Run `cfstage stacks` to see the stacks, `cfstage stack pull NAME` or `cfstage stack build NAME` to get one.',
        },
      });
      throw await orDiskFull(failure, this.#facts.diskIsFull);
    }
  }

  async listContainers(labels: Readonly<Record<string, string>>): Promise<readonly ContainerSummary[]> {
    const label = Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
    try {
      const found = await this.#docker.listContainers({ all: true, filters: { label } });
      return found.map((container) => ({
        id: container.Id,
        name: (container.Names[0] ?? '').replace(/^\//, ''),
        labels: container.Labels,
        running: container.State === 'running',
        createdAt: container.Created,
        ports: new Map(
          container.Ports.filter(({ PublicPort }) => PublicPort > 0).map(({ PrivatePort, PublicPort }) => [
            PrivatePort,
            PublicPort,
          ]),
        ),
      }));
    } catch (error) {
      throw engineError('list containers', error);
    }
  }

  async ensureNetwork(
    name: string,
    labels: Readonly<Record<string, string>>,
    way: 'out' | 'no way out' = 'out',
  ): Promise<void> {
    await this.#networks.ensure(name, labels, way);
  }

  async joinNetwork(containerId: string, name: string, like: string): Promise<void> {
    await this.#networks.joinLike(containerId, name, like);
  }

  async removeNetwork(name: string): Promise<boolean> {
    return await this.#networks.remove(name);
  }

  async listNetworks(labels: Readonly<Record<string, string>>): Promise<readonly NetworkSummary[]> {
    return await this.#networks.list(labels);
  }

  /** An engine's create takes one network only. */
  async #joinMore(container: Container, spec: AnyContainerSpec): Promise<void> {
    try {
      if ('place' in spec) {
        if ('inside' in spec.place) return;
        const { networks, aliases = [] } = spec.place;
        for (const name of networks.slice(1)) await this.#networks.join(container.id, name, aliases);
      } else if (spec.network?.also !== undefined) {
        await this.#networks.joinIfThere(container.id, spec.network.also, spec.network.aliases);
      }
    } catch (error) {
      await container.remove();
      throw error;
    }
  }

  container(id: string, name: string): Container {
    return new DockerContainer(this.#docker, id, name, false, this.#facts);
  }
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

type DiskQuota = 'yes' | 'perhaps' | 'none';

/** overlay2 has quotas on xfs if that is mounted with pquota, which only trying tells. Source: Docker, --storage-opt. */
function diskQuota({ storageDriver, backingFileSystem }: EngineInfo): DiskQuota {
  if (storageDriver === 'btrfs' || storageDriver === 'zfs') return 'yes';
  return storageDriver === 'overlay2' && backingFileSystem === 'xfs' ? 'perhaps' : 'none';
}

function backingFileSystem(status: unknown): string {
  const rows = Array.isArray(status) ? (status as unknown[]) : [];
  const row = rows.find((pair) => Array.isArray(pair) && pair[0] === 'Backing Filesystem');
  return Array.isArray(row) ? textOf(row[1], '') : '';
}
