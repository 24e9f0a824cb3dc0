import { statfs } from 'node:fs/promises';
import { connectEngine } from '../engine/connect.ts';
import { createOwnedContainer } from '../engine/create-owned.ts';
import type { Engine, EngineInfo } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import { CfstageError } from '../errors.ts';
import { readStackDefinitions } from '../host/stack-definitions.ts';
import { currentOwner } from '../host/session-owner.ts';
import { standInImage } from '../stack/stand-in.ts';
import { stackState } from './resolve-stack.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do, when it is not ok. */
  readonly advice?: string;
}

const LOW_DISK_BYTES = 2 * 1024 ** 3;

/** Looks at everything that cfstage needs of this machine. Never throws: what fails is a finding. */
export async function examine(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<readonly Finding[]> {
  let engine: Engine;
  try {
    engine = await connectEngine(env);
  } catch (error) {
    return [failure('engine', error)];
  }
  const about = await attempt('engine', async () => {
    const info = await engine.info();
    return { info, findings: engineFindings(engine, info) };
  });
  if ('failed' in about) return [about.failed];
  const { info, findings } = about;
  const [disk, stacks] = await Promise.all([diskFinding(engine, info), stackFindings(engine)]);
  const network = await networkFinding(engine, signal);
  return [...findings, disk, ...stacks, network];
}

function engineFindings(engine: Engine, info: EngineInfo): Finding[] {
  return [
    {
      check: 'engine',
      ok: true,
      found: `${info.product} ${info.version} (API ${info.apiVersion}) at ${engine.address}, from ${engine.foundBy}`,
    },
    {
      check: 'platform',
      ok: info.platform === 'linux/amd64',
      found: info.platform,
      ...(info.platform === 'linux/amd64'
        ? {}
        : { advice: 'The stacks are linux/amd64: they run under emulation here, slowly.' }),
    },
    {
      check: 'cgroups',
      ok: true,
      found: `version ${info.cgroupVersion}, storage driver ${info.storageDriver}`,
    },
  ];
}

async function diskFinding(engine: Engine, { dataRoot }: EngineInfo): Promise<Finding> {
  const check = 'disk';
  if (!engine.isLocal || dataRoot === '')
    return { check, ok: true, found: 'on another machine, not looked at' };
  try {
    const { bavail, bsize } = await statfs(dataRoot);
    const free = bavail * bsize;
    const found = `${(free / 1024 ** 3).toFixed(1)}G free in ${dataRoot}`;
    return free > LOW_DISK_BYTES
      ? { check, ok: true, found }
      : { check, ok: false, found, advice: 'Free some: `cfstage clean`, then `docker system prune`.' };
  } catch (error) {
    return failure(check, error);
  }
}

async function stackFindings(engine: Engine): Promise<readonly Finding[]> {
  const definitions = await readStackDefinitions();
  return await Promise.all(
    definitions.map(async (definition) => {
      const check = `stack ${definition.name}`;
      const result = await attempt(check, () => stackState(definition, engine));
      if ('failed' in result) return result.failed;
      if (result.imagePresent) return { check, ok: true, found: `${definition.image} is present` };
      if (result.standIn !== 'absent')
        return { check, ok: true, found: `stand-in is present (${result.standIn})` };
      const how = result.buildable
        ? `cfstage stack build ${definition.name}`
        : `cfstage stack pull ${definition.name}`;
      return {
        check,
        ok: true,
        found: 'absent',
        advice: `It is pulled or built when an app asks for it; to do it now: ${how}.`,
      };
    }),
  );
}

/** Whether a container gets a name resolved and a route out: its resolver is asked, nothing is connected to. */
async function networkFinding(engine: Engine, signal: AbortSignal): Promise<Finding> {
  const check = 'network of containers';
  const image = await anyStackImage(engine);
  if (image === undefined)
    return { check, ok: true, found: 'not looked at: no stack is present', advice: 'Get a stack first.' };
  const result = await attempt(check, async () => {
    const session = { id: 'doctor', owner: await currentOwner(), home: 'doctor' };
    const cell = { id: 'cfstage', engine, session };
    await using container = await createOwnedContainer(
      cell,
      probeSpec(image),
      { app: 'doctor', role: 'doctor' },
      signal,
    );
    await container.start(signal);
    const argv = ['/bin/bash', '-c', PROBE];
    return await runToEnd(container, { argv, env: {}, user: 'root', workingDir: '/' }, signal);
  });
  if ('failed' in result) return result.failed;
  const [route = 'no', resolver = 'no'] = result.stdout.toString('utf8').trim().split(' ');
  const ok = route === 'yes';
  return {
    check,
    ok,
    found: `route out: ${route}, name server answers: ${resolver}`,
    ...(ok && resolver === 'yes'
      ? {}
      : {
          advice:
            'Buildpacks that download will fail; see the DNS and proxy settings of the engine, or use cached buildpacks.',
        }),
  };
}

/** A default route, and a name server that answers a TCP connection. */
const PROBE = `awk '$2 == "00000000" { found = 1 } END { printf found ? "yes " : "no " }' /proc/net/route
server=$(awk '$1 == "nameserver" { print $2; exit }' /etc/resolv.conf)
timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/53"' "$server" 2>/dev/null && echo yes || echo no`;

function probeSpec(image: string) {
  return {
    name: `cfstage-doctor-${process.pid}`,
    image,
    hostname: 'doctor',
    env: {},
    init: ['/bin/sleep', '60'],
    workingDir: '/',
    memoryMb: 64,
    diskMb: 64,
    cpuShares: 256,
    pids: 64,
    nofile: 1024,
    publish: [],
  };
}

async function anyStackImage(engine: Engine): Promise<string | undefined> {
  for (const { name, image } of await readStackDefinitions()) {
    for (const reference of [image, standInImage(name)]) {
      if ((await engine.image(reference)) !== undefined) return reference;
    }
  }
  return undefined;
}

async function attempt<T extends object>(
  check: string,
  action: () => Promise<T>,
): Promise<T | { readonly failed: Finding }> {
  try {
    return await action();
  } catch (error) {
    return { failed: failure(check, error) };
  }
}

function failure(check: string, error: unknown): Finding {
  const found = error instanceof Error ? error.message : String(error);
  const advice = error instanceof CfstageError ? error.hint : undefined;
  return { check, ok: false, found, ...(advice === undefined ? {} : { advice }) };
}
