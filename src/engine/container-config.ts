import { CfstageError } from '../errors.ts';
import type { ContainerSpec, ImageContainerSpec, NetworkMembership } from '../lifecycle/container-spec.ts';

/** A container as the engine's API takes it. */
export function containerConfig(spec: ContainerSpec | ImageContainerSpec, limitsDisk: boolean): object {
  return 'init' in spec ? ownConfig(spec, limitsDisk) : imageConfig(spec);
}

function ownConfig(spec: ContainerSpec, limitsDisk: boolean): object {
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
      Ulimits: [{ Name: 'nofile', Soft: spec.nofile, Hard: spec.nofile }],
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

function imageConfig({ image, hostname, env, command, network }: ImageContainerSpec): object {
  return {
    Image: image,
    Hostname: hostname,
    Env: variables(env),
    ...(command === undefined ? {} : { Cmd: command }),
    HostConfig: { NetworkMode: network.name, RestartPolicy: { Name: 'no' } },
    ...networking(network),
  };
}

function networking({ name, aliases }: NetworkMembership): object {
  return { NetworkingConfig: { EndpointsConfig: { [name]: { Aliases: [...aliases] } } } };
}

function variables(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
