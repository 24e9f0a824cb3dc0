import { CfstageError } from '../errors.ts';
import type {
  ContainerSpec,
  HelperSpec,
  ImageContainerSpec,
  NetworkMembership,
  PublishedPort,
} from '../lifecycle/container-spec.ts';
import { DEAD_END_RESOLVER } from '../lifecycle/dead-end-script.ts';
import { FILE_DESCRIPTOR_LIMIT, PID_LIMIT } from '../lifecycle/limits.ts';

/** How many containers may use all their processes at once on Podman. */
const PODMAN_CONTAINERS = 4;

const HELPER_PIDS = 64;
/** The character device /dev/net/tun. Source: Linux Documentation/admin-guide/devices.txt. */
const TUN_DEVICE = 'c 10:200 rwm';

interface EngineTraits {
  readonly limitsDisk: boolean;
  readonly isPodman: boolean;
}

/** A container as the engine's API takes it. */
export function containerConfig(spec: AnyContainerSpec, traits: EngineTraits): object {
  if ('init' in spec) return ownConfig(spec, traits);
  return 'place' in spec ? helperConfig(spec, traits) : imageConfig(spec, traits);
}

/** Every kind of container that cfstage makes. */
export type AnyContainerSpec = ContainerSpec | ImageContainerSpec | HelperSpec;

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
    ...(spec.offline === undefined ? exposedPorts(spec.publish) : {}),
    HostConfig: {
      Memory: bytes,
      MemorySwap: bytes,
      CpuShares: spec.cpuShares,
      PidsLimit: spec.pids,
      Ulimits: ulimits(spec, isPodman),
      ...(spec.offline === undefined ? portBindings(spec.publish, isPodman) : {}),
      // Podman would ask nobody else, and names of the private network would be unknown.
      ...(spec.offline === undefined || isPodman ? {} : { Dns: [DEAD_END_RESOLVER] }),
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

/** A helper inside another's network may change and watch it; one on networks of its own may do nothing special. */
function helperConfig({ image, argv, place }: HelperSpec, { isPodman }: EngineTraits): object {
  const [entrypoint, ...cmd] = argv;
  const common = { Image: image, Entrypoint: [entrypoint], Cmd: cmd, User: '0:0', Env: [], WorkingDir: '/' };
  const host = {
    RestartPolicy: { Name: 'no' },
    PidsLimit: HELPER_PIDS,
    ...(isPodman ? { Ulimits: ulimits({ nofile: FILE_DESCRIPTOR_LIMIT, pids: PID_LIMIT }, isPodman) } : {}),
  };
  if ('inside' in place) {
    return {
      ...common,
      HostConfig: {
        ...host,
        NetworkMode: `container:${place.inside}`,
        CapAdd: ['NET_ADMIN', 'NET_RAW', 'MKNOD'],
        DeviceCgroupRules: [TUN_DEVICE],
      },
    };
  }
  const [name] = place.networks;
  return {
    ...common,
    ...exposedPorts(place.publish),
    HostConfig: { ...host, NetworkMode: name, ...portBindings(place.publish, isPodman) },
    ...networking({ name, aliases: place.aliases ?? [] }),
  };
}

function exposedPorts(publish: readonly PublishedPort[]): object {
  return {
    ExposedPorts: Object.fromEntries(publish.map(({ containerPort }) => [`${containerPort}/tcp`, {}])),
  };
}

function portBindings(publish: readonly PublishedPort[], isPodman: boolean): object {
  return {
    PortBindings: Object.fromEntries(
      publish.map(({ containerPort, hostPort, hostAddress }) => [
        `${containerPort}/tcp`,
        [{ HostIp: hostIp(hostAddress, isPodman), HostPort: hostPort === 0 ? '' : String(hostPort) }],
      ]),
    ),
  };
}

/** Podman 4.3 makes a rule for the address 0.0.0.0 itself, which no packet has. Source: netavark firewall/varktables. */
function hostIp(hostAddress: string, isPodman: boolean): string {
  return isPodman && hostAddress === '0.0.0.0' ? '' : hostAddress;
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
