import { CfstageError } from '../errors.ts';
import type { ContainerSpec } from '../lifecycle/container-spec.ts';

/** How many containers may use all their processes at once on Podman. */
const PODMAN_CONTAINERS = 4;

/** A container as the engine API takes it. */
export function containerConfig(
  spec: ContainerSpec,
  { limitsDisk, isPodman }: { limitsDisk: boolean; isPodman: boolean },
): object {
  const [entrypoint, ...cmd] = spec.init;
  if (entrypoint === undefined) throw new CfstageError('INTERNAL', 'A container needs an init process');
  const bytes = spec.memoryMb * 1024 * 1024;
  return {
    Image: spec.image,
    Hostname: spec.hostname,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
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
    ...(spec.network === undefined
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: { [spec.network.name]: { Aliases: [...spec.network.aliases] } },
          },
        }),
  };
}

/**
 * Podman raises each limit that is not given to a million, which fails where it may not go beyond the host's. Processes
 * are counted by user, and vcap is one user in all containers: so some times what one container may have.
 */
function ulimits({ nofile, pids }: ContainerSpec, isPodman: boolean): object[] {
  const limit = (Name: string, value: number) => ({ Name, Soft: value, Hard: value });
  return [limit('nofile', nofile), ...(isPodman ? [limit('nproc', PODMAN_CONTAINERS * pids)] : [])];
}
