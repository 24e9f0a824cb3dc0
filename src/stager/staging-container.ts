import type { Readable } from 'node:stream';
import { packTrees } from '../archive/pack-tree.ts';
import { rewriteTar } from '../archive/rewrite-tar.ts';
import type { Cell } from '../engine/cell.ts';
import { createOwnedContainer } from '../engine/create-owned.ts';
import type { Container } from '../engine/engine.ts';
import { completePlatformFiles, platformTrees } from '../engine/platform-files.ts';
import { orInterrupted } from '../errors.ts';
import { CACHE_DIR } from '../lifecycle/container-paths.ts';
import type { NetworkFacts } from '../lifecycle/container-network.ts';
import type { ContainerSpec } from '../lifecycle/container-spec.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
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

/** What is done with the container while the inputs are on their way. */
export type WhileFilled = (container: Container) => Promise<void>;

/** Makes and fills it. When this throws, the container is gone. */
export async function openStagingContainer(
  cell: Cell,
  spec: ContainerSpec,
  given: { plan: StagingPlan; inputs: StagingInputs; cache: StoredCache | undefined },
  log: StagingLog,
  deadline: StagingDeadline,
  meanwhile: WhileFilled = () => Promise.resolve(),
): Promise<ReadyContainer> {
  const { plan, inputs, cache } = given;
  const { signal } = deadline;
  log.downloadedBuildpacks(plan.buildpacks.filter(({ writable }) => !writable).map(({ key }) => key));
  log.creating();
  const container = await createOwnedContainer(cell, spec, { app: plan.app, role: 'staging' }, signal).catch(
    (error: unknown) => {
      log.notCreated(error instanceof Error ? error.message : String(error));
      throw error;
    },
  );
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
