import { createHash } from 'node:crypto';
import type { Cell } from '../engine/cell.ts';
import { createOwnedContainer } from '../engine/create-owned.ts';
import type { Container, OutputStart } from '../engine/engine.ts';
import { readOwnership } from '../engine/labels.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { planBackingService } from '../plan/plan-backing-service.ts';
import type { BackedInstance, BackingService } from '../services/service-instance.ts';
import { stableGuid } from './identity.ts';
import { serviceUnavailable } from './service-unavailable.ts';
import type { Workbench } from './workbench.ts';

/** How one run of an app uses the services of its state folder. */
export interface ServiceUse {
  /** The run's app, whose log shows what the services write. */
  readonly app: string;
  /** Leave them running at the end: always, never, or those that a run before has left. */
  readonly keep: 'always' | 'never' | 'found';
  /** Whether any other run of an app uses the instance of this name. */
  readonly inUse: (name: string) => Promise<boolean>;
}

/** The running container of a service. */
export interface ServiceContainer {
  readonly container: Container;
  /** Where the output begins that is of this run. A container writes before it counts as started. */
  readonly outputFrom: OutputStart;
  /** It has not been there before. */
  readonly isNew: boolean;
  /** A run before has left it. */
  readonly kept: boolean;
}

/**
 * The container of a service that runs already, if it has these settings and somebody uses it or kept it; else a new one.
 * The caller sees to it that nobody else of this state folder does the same at the same time.
 */
export async function obtainServiceContainer(
  instance: BackedInstance,
  use: ServiceUse,
  bench: Workbench,
  signal: AbortSignal,
): Promise<ServiceContainer> {
  const found = await findServiceContainer(instance, use, bench, signal);
  if (found !== undefined) return found;
  const { cell, emit } = bench;
  const { name, backing } = instance;
  await emit({ type: 'notice', message: `Starting service instance ${name} from ${backing.image}...` });
  const { home } = cell.session;
  const spec = planBackingService(instance, stableGuid(`service container:${home}:${name}`), home);
  const service = { settings: settingsDigest(backing), kept: use.keep === 'always' };
  try {
    const container = await createOwnedContainer(cell, spec, { app: name, role: 'service', service }, signal);
    try {
      await orInterrupted(container.start(signal), signal);
      return { container, outputFrom: 'all', isNew: true, kept: false };
    } catch (error) {
      await container.remove();
      throw error;
    }
  } catch (error) {
    throw cannotStart(name, error);
  }
}

async function findServiceContainer(
  instance: BackedInstance,
  { inUse }: ServiceUse,
  { cell, emit }: Workbench,
  signal: AbortSignal,
): Promise<ServiceContainer | undefined> {
  const { name, backing } = instance;
  const found = await listServiceContainers(cell, name);
  for (const { id, name: containerName, labels, running } of found) {
    const container = cell.engine.container(id, containerName);
    const { settings, kept = false } = readOwnership(labels)?.service ?? {};
    const same = settings === settingsDigest(backing);
    const used = running && (await inUse(name));
    if (same && running && (kept || used)) {
      await emit({ type: 'notice', message: `Service instance ${name} runs already` });
      return { container, outputFrom: 'new', isNew: false, kept };
    }
    if (same && kept) {
      await emit({ type: 'notice', message: `Starting service instance ${name} again...` });
      const { finishedAt: after } = await container.inspect();
      await orInterrupted(container.start(signal), signal).catch((error: unknown) => {
        throw cannotStart(name, error);
      });
      return { container, outputFrom: { after }, isNew: false, kept };
    }
    if (used) throw otherSettings(name);
    if (kept) {
      const message = `Service instance ${name} was kept with other settings: it is made anew, without its data`;
      await emit({ type: 'warning', message });
    }
    await container.remove();
  }
  return undefined;
}

async function listServiceContainers({ engine, session }: Cell, name: string) {
  const labels = { 'cfstage.app': name, 'cfstage.role': 'service', 'cfstage.home': session.home };
  return await engine.listContainers({ cfstage: '', ...labels });
}

/** What the container is made from, as a label can hold it. The port is only where it is reached. */
export function settingsDigest({ image, env, command }: BackingService): string {
  const settings = [image, Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1)), command ?? null];
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 32);
}

function otherSettings(name: string): CfstageError {
  return serviceUnavailable(name, 'runs with other settings for another app', {
    hint: `Stop that app first, call one of the two instances otherwise, or set CFSTAGE_HOME to another folder.`,
  });
}

/** What the engine refuses here is what the services file asks for: a command that is not in the image, a bad name. */
function cannotStart(name: string, error: unknown): unknown {
  if (!(error instanceof CfstageError)) return error;
  if (error.code !== 'ENGINE_FAILED' && error.code !== 'STACK_UNAVAILABLE') return error;
  return serviceUnavailable(name, `cannot be started: ${error.message}`, { cause: error });
}
