import { CfstageError } from '../errors.ts';
import type { ContainerSpec, ImageContainerSpec, NetworkMembership } from '../lifecycle/container-spec.ts';
import { FILE_DESCRIPTOR_LIMIT, PID_LIMIT } from '../lifecycle/limits.ts';

/** How many containers may use all their processes at once on Podman. */
const PODMAN_CONTAINERS = 4;

interface EngineTraits {
  readonly limitsDisk: boolean;
  readonly isPodman: boolean;
}

/** A container as the engine's API takes it. */
export function containerConfig(spec: ContainerSpec | ImageContainerSpec, traits: EngineTraits): object {
  return 'init' in spec ? ownConfig(spec, traits) : imageConfig(spec, traits);
}

function ownConfig(spec: ContainerSpec, { limitsDisk, isPodman }: EngineTraits): object {
  const [entrypoint, ...cmd] = spec.init;
  if (entrypoint === undefined) throw new CfstageError('INTERNAL', 'A container needs an init process');
  const bytes = spec.memoryMb * 1024 * 1024;
  return {
    Image: spec.image,
    Hostname: spec.hostname,
    Env: variables(spec.env),
    Entrypoint: [entrypoint],
    Cmd: cmd,
    WorkingDir: spec.workingDir,
    User: '0:0',
    ExposedPorts: Object.fromEntries(spec.publish.map(({ containerPort }) => [`${containerPort}/tcp`, {}])),
    HostConfig: {
      Memory: bytes,
      MemorySwap: bytes,
      CpuShares: spec.cpuShares,
      PidsLimit: spec.pids,
      Ulimits: ulimits(spec, isPodman),
      PortBindings: Object.fromEntries(
        spec.publish.map(({ containerPort, hostPort, hostAddress }) => [
          `${containerPort}/tcp`,
          [{ HostIp: hostAddress, HostPort: hostPort === 0 ? '' : String(hostPort) }],
        ]),
      ),
      RestartPolicy: { Name: 'no' },
      ...(limitsDisk ? { StorageOpt: { size: `${spec.diskMb}M` } } : {}),
      ...(spec.network === undefined ? {} : { NetworkMode: spec.network.name }),
    },
    ...(spec.network === undefined ? {} : networking(spec.network)),
  };
}

function imageConfig(
  { image, hostname, env, command, network }: ImageContainerSpec,
  { isPodman }: EngineTraits,
): object {
  return {
    Image: image,
    Hostname: hostname,
    Env: variables(env),
    ...(command === undefined ? {} : { Cmd: command }),
    HostConfig: {
      NetworkMode: network.name,
      ...(isPodman ? { Ulimits: ulimits({ nofile: FILE_DESCRIPTOR_LIMIT, pids: PID_LIMIT }, isPodman) } : {}),
      RestartPolicy: { Name: 'no' },
    },
    ...networking(network),
  };
}

function networking({ name, aliases }: NetworkMembership): object {
  return { NetworkingConfig: { EndpointsConfig: { [name]: { Aliases: [...aliases] } } } };
}

/**
 * Podman raises each limit that is not given to a million, which fails where it may not go beyond the host's. Processes
 * are counted by user, and vcap is one user in all containers: so some times what one container may have.
 */
function ulimits({ nofile, pids }: Pick<ContainerSpec, 'nofile' | 'pids'>, isPodman: boolean): object[] {
  const limit = (Name: string, value: number) => ({ Name, Soft: value, Hard: value });
  return [limit('nofile', nofile), ...(isPodman ? [limit('nproc', PODMAN_CONTAINERS * pids)] : [])];
}

function variables(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
