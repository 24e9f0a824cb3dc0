import type { Readable } from 'node:stream';
import { packTrees } from '../archive/pack-tree.ts';
import { rewriteTar } from '../archive/rewrite-tar.ts';
import type { Cell } from '../engine/cell.ts';
import { createOwnedContainer } from '../engine/create-owned.ts';
import type { Container } from '../engine/engine.ts';
import { completePlatformFiles, platformTrees } from '../engine/platform-files.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { CACHE_DIR } from '../lifecycle/container-paths.ts';
import type { NetworkFacts } from '../lifecycle/container-network.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import { LiveTree } from './live-tree.ts';
import { RewindAgent } from './rewind-agent.ts';
import type { StagingDeadline } from './staging-deadline.ts';
import type { StagingLog } from './staging-log.ts';
import { stagingTrees, type StagingInputs } from './staging-trees.ts';

/** What the last staging of this app on this stack left in its cache: a plain tar. */
export interface StoredCache {
  readonly bytes: number;
  open(): Readable;
}

/** A staging container that holds all that the first script is to find. */
export interface ReadyContainer {
  readonly container: Container;
  readonly network: NetworkFacts;
}

/** What a staging container is made of. */
export interface StagingGiven {
  readonly plan: StagingPlan;
  readonly inputs: StagingInputs;
  readonly cache: StoredCache | undefined;
  /** Whether the container may be left to a later session. */
  readonly kept?: boolean;
}

/** Makes and fills it; `meanwhile` is done with it while its inputs are on their way. When this throws, it is gone. */
export async function openStagingContainer(
  cell: Cell,
  { plan, inputs, cache, kept = false }: StagingGiven,
  log: StagingLog,
  deadline: StagingDeadline,
  meanwhile: (container: Container) => Promise<void> = () => Promise.resolve(),
): Promise<ReadyContainer> {
  const { signal } = deadline;
  log.downloadedBuildpacks(plan.buildpacks.filter(({ writable }) => !writable).map(({ key }) => key));
  log.creating();
  const container = await createOwnedContainer(
    cell,
    plan.container,
    { app: plan.app, role: 'staging', kept },
    signal,
  ).catch((error: unknown) => {
    log.notCreated(error instanceof Error ? error.message : String(error));
    throw error;
  });
  try {
    deadline.watch(container);
    log.created(cache !== undefined);
    await orInterrupted(container.start(signal), signal);
    const [network] = await Promise.all([
      fill(container, plan, inputs, cache, signal),
      orInterrupted(meanwhile(container), signal),
    ]);
    log.downloaded(inputs.bits.totalBytes, cache?.bytes);
    await inputs.awaitServices(container, signal);
    return { container, network };
  } catch (error) {
    await container.remove();
    throw error;
  }
}

/** The same, and what vcap can change in it can be told from then on. */
export async function openListedContainer(
  cell: Cell,
  given: StagingGiven,
  log: StagingLog,
  deadline: StagingDeadline,
  { unlisted = [], prepare, started }: ListedOptions = {},
): Promise<ReadyContainer & { readonly tree: LiveTree }> {
  let agent: Promise<RewindAgent> | undefined;
  const ready = await openStagingContainer(cell, given, log, deadline, async (container) => {
    agent = RewindAgent.start(container, unlisted, deadline.signal);
    await agent;
    started?.();
  });
  try {
    if (agent === undefined) throw new CfstageError('INTERNAL', 'The rewind script was not started');
    await prepare?.(ready.container, deadline.signal);
    const tree = new LiveTree(await agent);
    await tree.look();
    return { ...ready, tree };
  } catch (error) {
    await ready.container.remove();
    throw error;
  }
}

/** What of a container is left out of its listings. */
export interface ListedOptions {
  /** Absolute paths that nobody looks at and that a rewind leaves as they are. */
  readonly unlisted?: readonly string[];
  /** Makes the last things ready before the first script. */
  readonly prepare?: ((container: Container, signal: AbortSignal) => Promise<void>) | undefined;
  /** Called when a container has started and only waits for its files. */
  readonly started?: () => void;
  /** Whether they may be left to a later session. */
  readonly kept?: boolean;
  /** Takes out what is wanted before the container is removed. It must not throw. */
  readonly finish?: ((container: Container) => Promise<void>) | undefined;
}

async function fill(
  container: Container,
  plan: StagingPlan,
  inputs: StagingInputs,
  cache: StoredCache | undefined,
  signal: AbortSignal,
): Promise<NetworkFacts> {
  const state = await orInterrupted(container.inspect(), signal);
  const platform = await platformTrees(inputs, state, signal);
  await container.upload(packTrees(stagingTrees(plan, inputs, platform), signal), '/', signal);
  if (cache !== undefined) await container.upload(keptCache(cache, plan, signal), CACHE_DIR, signal);
  await completePlatformFiles(container, inputs, signal);
  return { cellIp: state.gateway, containerIp: state.ipAddress };
}

function keptCache(cache: StoredCache, { phases }: StagingPlan, signal: AbortSignal): Readable {
  const kept = new Set(phases.keptCacheEntries);
  const rename = (path: string) => (kept.has(path.split('/', 1)[0] ?? '') ? path : undefined);
  return rewriteTar(cache.open(), { rename }, signal);
}

/** Removes it, with the last lines of a staging, whatever came of it. */
export async function destroyStagingContainer(container: Container, log: StagingLog): Promise<void> {
  log.stopping();
  await container.remove();
  log.destroyed();
}
