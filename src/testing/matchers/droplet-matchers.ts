import type { Droplet } from '../droplet.ts';
import { globRegExp } from './glob.ts';
import { counted, equals, shown, wholeAdvice, type Verdict } from './verdict.ts';

/** Something that has a droplet: a deployment, or the droplet itself. */
export type WithDroplet = Droplet | { readonly droplet: Droplet };

export function dropletOf(received: WithDroplet): Droplet {
  return 'droplet' in received ? received.droplet : received;
}

export interface SuppliedOptions {
  /** By which buildpack, as it was named or as its config.yml calls it. */
  readonly buildpack?: string;
}

/** A buildpack has put this path into its dependency directory: `bin/ruby`, or a pattern like `lib/*.so`. */
export async function haveSupplied(
  received: WithDroplet,
  path: string,
  { buildpack }: SuppliedOptions = {},
): Promise<Verdict> {
  const droplet = dropletOf(received);
  const { buildpacks } = droplet.result.lifecycle_metadata;
  const index =
    buildpack === undefined
      ? -1
      : buildpacks.findIndex(({ key, name }) => key === buildpack || name === buildpack);
  const paths = (await droplet.files()).filter(({ type }) => type !== 'directory').map((file) => file.path);
  const supplied = paths.filter((one) => one.startsWith('deps/'));
  const wanted = globRegExp(buildpack === undefined ? `deps/*/${path}` : `deps/${index}/${path}`);
  const by = buildpack === undefined ? 'a buildpack' : `the buildpack ${buildpack}`;
  const unknown = buildpack !== undefined && index === -1;
  const found = supplied.filter((one) => wanted.test(one));
  const list = (some: readonly string[]) =>
    some
      .slice(0, 30)
      .map((one) => `  ${one}`)
      .join('\n');
  return {
    pass: !unknown && found.length > 0,
    expected: `${by} to have supplied ${path}`,
    found: unknown
      ? `There is no such buildpack; there are:\n${list(buildpacks.map(({ key, name }) => (name === '' ? key : `${key} (${name})`)))}`
      : found.length > 0
        ? `It is there:\n${list(found)}`
        : supplied.length === 0
          ? 'No buildpack has supplied any file.'
          : `What was supplied, ${counted(supplied.length, 'file')}:\n${list(supplied)}`,
  };
}

/** Staging has made a process of this type, with this command. */
export function haveProcess(received: WithDroplet, type: string, command?: string | RegExp): Verdict {
  const processes = dropletOf(received).result.processes ?? [];
  const list = processes.map((process) => `  ${process.type}: ${process.command}`).join('\n');
  const commands = processes.filter((one) => one.type === type).map((one) => one.command);
  const advice = wholeAdvice(command, commands, 'command');
  const how = command === undefined ? '' : ` with the command ${shown(command)}`;
  return {
    pass: processes.some(
      (one) => one.type === type && (command === undefined || equals(one.command, command)),
    ),
    expected: `the droplet to have the process ${type}${how}`,
    found: processes.length === 0 ? 'It has no processes.' : `It has:\n${list}${advice}`,
  };
}

export interface SidecarOptions {
  /** A string must be all of it. */
  readonly command?: string | RegExp;
  /** Types of the processes that it runs beside, in any order. */
  readonly processTypes?: readonly string[];
  /** In MB. */
  readonly memory?: number;
}

/** A buildpack's launch.yml or the manifest has a sidecar of this name. */
export function haveSidecar(received: WithDroplet, name: string, options: SidecarOptions = {}): Verdict {
  const droplet = dropletOf(received);
  const sidecars = [
    ...(droplet.result.sidecars ?? []).map((one) => ({ ...one, from: 'launch.yml' })),
    ...droplet.sidecars.map((one) => ({
      name: one.name,
      command: one.command,
      process_types: one.processTypes,
      memory: one.memoryMb,
      from: 'the manifest',
    })),
  ];
  const { command, processTypes, memory } = options;
  const pass = sidecars.some(
    (one) =>
      one.name === name &&
      (command === undefined || equals(one.command, command)) &&
      (memory === undefined || one.memory === memory) &&
      (processTypes === undefined ||
        String([...one.process_types].sort()) === String([...processTypes].sort())),
  );
  const details = Object.entries(options).map(([key, value]) => `${key} ${shown(value)}`);
  const list = sidecars.map(
    (one) =>
      `  ${one.name} of ${one.from}: command ${shown(one.command)}, processTypes ${shown(one.process_types)}, memory ${one.memory ?? 'its process has'}`,
  );
  const commands = sidecars.filter((one) => one.name === name).map((one) => one.command);
  const advice = wholeAdvice(command, commands, 'command');
  return {
    pass,
    expected: `the app to have the sidecar ${name}${details.length === 0 ? '' : ` with ${details.join(', ')}`}`,
    found: sidecars.length === 0 ? 'It has no sidecars.' : `It has:\n${list.join('\n')}${advice}`,
  };
}
