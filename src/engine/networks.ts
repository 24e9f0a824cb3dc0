import type Docker from 'dockerode';
import { CfstageError } from '../errors.ts';
import { engineError, hasStatus, isNotFound } from './engine-errors.ts';
import type { NetworkSummary } from './engine.ts';
import { inspectContainer } from './inspect-container.ts';

/** Podman looks at every interface of its host for a free subnet, and fails when one goes away at that moment. */
const PODMAN_ATTEMPTS = 5;

/**
 * An engine's host has an address on an internal network too, unless it is told not to: the first by engines before 28,
 * the second by those since. Source: moby libnetwork/drivers/bridge and netlabel.
 */
const NO_HOST_ADDRESS = {
  'com.docker.network.bridge.inhibit_ipv4': 'true',
  'com.docker.network.bridge.gateway_mode_ipv4': 'isolated',
};

/** Private networks of an engine, known by name. */
export class Networks {
  readonly #docker: Docker;
  readonly #isPodman: Promise<boolean>;
  /** An engine makes two networks of one name when it is asked twice at the same moment. */
  readonly #making = new Map<string, Promise<void>>();

  constructor(docker: Docker, isPodman: Promise<boolean>) {
    this.#docker = docker;
    this.#isPodman = isPodman;
  }

  async ensure(
    name: string,
    labels: Readonly<Record<string, string>>,
    way: 'out' | 'no way out',
  ): Promise<void> {
    const made = this.#making.get(name) ?? this.#make(name, labels, way);
    this.#making.set(name, made);
    try {
      await made;
    } finally {
      this.#making.delete(name);
    }
  }

  async remove(name: string): Promise<boolean> {
    try {
      // Podman looks for members by what it is asked with, and takes a network from them that it is told by its id.
      if (await this.#isPodman) return await this.#removeOne(name);
      // Two can have the name, which then means neither.
      const found = await this.#docker.listNetworks({ filters: { name: [name] } });
      const ids = found.filter(({ Name }) => Name === name).map(({ Id }) => Id);
      const removed = await Promise.all(ids.map((id) => this.#removeOne(id)));
      return !removed.includes(false);
    } catch (error) {
      throw engineError(`remove the network ${name}`, error);
    }
  }

  async list(labels: Readonly<Record<string, string>>): Promise<readonly NetworkSummary[]> {
    const label = Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
    try {
      const found = await this.#docker.listNetworks({ filters: { label } });
      return found.map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
    } catch (error) {
      throw engineError('list networks', error);
    }
  }

  async #removeOne(nameOrId: string): Promise<boolean> {
    try {
      await this.#docker.getNetwork(nameOrId).remove();
      return true;
    } catch (error) {
      if (isNotFound(error)) return true;
      // A network with members: Docker answers 403, Podman 409, or 500 in older versions.
      if (hasStatus(error, 403, 409, 500)) return false;
      throw error;
    }
  }

  async join(containerId: string, name: string, aliases: readonly string[]): Promise<void> {
    try {
      const request = { Container: containerId, EndpointConfig: { Aliases: [...aliases] } };
      await this.#docker.getNetwork(name).connect(request);
    } catch (error) {
      // 403: it is on the network already; Podman has a server error for it.
      if (hasStatus(error, 403) || (hasStatus(error, 500) && (await this.#isOn(containerId, name)))) return;
      throw engineError(`put a container on the network ${name}`, error, {
        404: {
          code: 'CONTAINER_GONE',
          message: 'The container or its network is gone',
          hint: 'Run the command again.',
        },
      });
    }
  }

  async joinIfThere(containerId: string, name: string, aliases: readonly string[]): Promise<void> {
    if (await this.#exists(name)) await this.join(containerId, name, aliases);
  }

  /** Under the names that it has on the network `like`; one that is not on that, or is gone, is left alone. */
  async joinLike(containerId: string, name: string, like: string): Promise<void> {
    try {
      const { NetworkSettings } = await inspectContainer(this.#docker.getContainer(containerId));
      const endpoint = NetworkSettings.Networks[like];
      if (endpoint === undefined || NetworkSettings.Networks[name] !== undefined) return;
      const aliases = (endpoint.Aliases as readonly string[] | null | undefined) ?? [];
      await this.join(
        containerId,
        name,
        aliases.filter((alias) => !containerId.startsWith(alias)),
      );
    } catch (error) {
      if (isNotFound(error) || (error instanceof CfstageError && error.code === 'CONTAINER_GONE')) return;
      throw engineError(`put a container on the network ${name}`, error);
    }
  }

  async #isOn(containerId: string, name: string): Promise<boolean> {
    const { NetworkSettings } = await inspectContainer(this.#docker.getContainer(containerId));
    return NetworkSettings.Networks[name] !== undefined;
  }

  async #make(
    name: string,
    labels: Readonly<Record<string, string>>,
    way: 'out' | 'no way out',
  ): Promise<void> {
    try {
      if (await this.#exists(name)) return;
      await this.#create({
        Name: name,
        CheckDuplicate: true,
        Labels: { ...labels },
        ...(way === 'out' ? {} : { Internal: true, Options: NO_HOST_ADDRESS }),
      });
    } catch (error) {
      // 409: somebody else was faster.
      if (!hasStatus(error, 409)) throw engineError(`make the network ${name}`, error);
    }
  }

  async #create(options: Docker.NetworkCreateOptions): Promise<void> {
    const attempts = (await this.#isPodman) ? PODMAN_ATTEMPTS : 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#docker.createNetwork(options);
        return;
      } catch (error) {
        if (attempt === attempts || !hasStatus(error, 500)) throw error;
      }
    }
  }

  async #exists(name: string): Promise<boolean> {
    try {
      await this.#docker.getNetwork(name).inspect();
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}
