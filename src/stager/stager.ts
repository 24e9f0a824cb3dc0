import type { Readable } from 'node:stream';
import { packTrees } from '../archive/pack-tree.ts';
import { prependMembers } from '../archive/prepend.ts';
import { rewriteTar } from '../archive/rewrite-tar.ts';
import {
  evaluateBuild,
  failedBuild,
  type BuildEvidence,
  type BuildVerdict,
} from '../buildpack/evaluate-build.ts';
import type { Cell } from '../engine/cell.ts';
import { completePlatformFiles, platformTrees } from '../engine/platform-files.ts';
import { createOwnedContainer } from '../engine/create-owned.ts';
import type { Container } from '../engine/engine.ts';
import { ranOutOfMemory } from '../engine/out-of-memory.ts';
import { orInterrupted } from '../errors.ts';
import { CACHE_DIR, STAGING_INFO_NAME, VCAP } from '../lifecycle/container-paths.ts';
import type { NetworkFacts } from '../lifecycle/container-network.ts';
import { stagingExitCode } from '../lifecycle/exit-codes.ts';
import { stagingFailureLines, writesResult, type StagingFailure } from '../lifecycle/staging-failure.ts';
import { stagingInfoYml, type StagingInfo } from '../lifecycle/staging-info.ts';
import type { StagingResult } from '../lifecycle/staging-result.ts';
import type { Emit } from '../logs/event.ts';
import { withNetwork } from '../plan/network-later.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import { collect, type Collected } from './collect.ts';
import { StepRunner, type StepsOutcome } from './run-steps.ts';
import { StagingDeadline } from './staging-deadline.ts';
import { StagingLog } from './staging-log.ts';
import { stagingTrees, type StagingInputs } from './staging-trees.ts';

/** What the last staging of this app on this stack left in its cache: a plain tar. */
export interface StoredCache {
  readonly bytes: number;
  open(): Readable;
}

/** A droplet, still in the container that it was staged in. Disposing removes the container. */
export interface StagedDroplet {
  readonly failure?: undefined;
  readonly result: StagingResult;
  readonly stagingInfo: StagingInfo;
  readonly container: Container;
  readonly log: StagingLog;
  /** The droplet as a plain tar with the members of §8.1: `./app/…`, `./deps/…`, `./staging_info.yml`. */
  openDroplet(signal: AbortSignal): Promise<Readable>;
  /** The build cache as a plain tar. */
  openCache(signal: AbortSignal): Promise<Readable>;
}

/** A staging that ended as the builder ends it. `exitCode` is the builder's, 222 … 225 or 1. */
export interface FailedStaging {
  readonly failure: StagingFailure;
  readonly exitCode: number;
  /** The kernel killed something in the container for want of memory. */
  readonly outOfMemory: boolean;
  readonly result: StagingResult | undefined;
}

/**
 * Stages an app: one container, all scripts in it. The container is the caller's once this has returned, whatever the
 * outcome; when it throws, the container is gone.
 */
export class Stager {
  readonly #cell: Cell;
  readonly #emit: Emit;

  constructor(cell: Cell, emit: Emit) {
    this.#cell = cell;
    this.#emit = emit;
  }

  async stage(
    plan: StagingPlan,
    inputs: StagingInputs,
    cache: StoredCache | undefined,
    signal: AbortSignal,
  ): Promise<(StagedDroplet | FailedStaging) & AsyncDisposable> {
    using deadline = new StagingDeadline(plan, signal);
    const log = new StagingLog(this.#emit, plan, this.#cell.id);
    log.downloadedBuildpacks(plan.buildpacks.filter(({ writable }) => !writable).map(({ key }) => key));
    log.creating();
    const container = await createOwnedContainer(
      this.#cell,
      plan.container,
      { app: plan.app, role: 'staging' },
      deadline.signal,
    ).catch((error: unknown) => {
      log.notCreated(error instanceof Error ? error.message : String(error));
      throw error;
    });
    try {
      deadline.watch(container);
      log.created(cache !== undefined);
      const network = await this.#prepare(plan, inputs, cache, container, deadline.signal);
      log.downloaded(inputs.bits.totalBytes, cache?.bytes);
      await inputs.awaitServices(container, deadline.signal);
      const outcome = await this.#build(plan, container, network, log, deadline.signal);
      return { ...outcome, [Symbol.asyncDispose]: once(() => destroy(container, log)) };
    } catch (error) {
      await container.remove();
      throw error;
    }
  }

  async #prepare(
    plan: StagingPlan,
    inputs: StagingInputs,
    cache: StoredCache | undefined,
    container: Container,
    signal: AbortSignal,
  ): Promise<NetworkFacts> {
    await orInterrupted(container.start(signal), signal);
    const state = await orInterrupted(container.inspect(), signal);
    const platform = await platformTrees(inputs, state, signal);
    await container.upload(packTrees(stagingTrees(plan, inputs, platform), signal), '/', signal);
    if (cache !== undefined) await container.upload(keptCache(cache, plan, signal), CACHE_DIR, signal);
    await completePlatformFiles(container, inputs, signal);
    return { cellIp: state.gateway, containerIp: state.ipAddress };
  }

  async #build(
    plan: StagingPlan,
    container: Container,
    network: NetworkFacts,
    log: StagingLog,
    signal: AbortSignal,
  ): Promise<StagedDroplet | FailedStaging> {
    const env = withNetwork(plan.env, network);
    const steps = await new StepRunner(plan, container, env, log.output, signal).run();
    const collected = await collectWhatIsNeeded(plan, container, steps.failure, signal);
    const verdict = judge(plan, steps, collected);
    if (verdict.failure !== undefined) {
      for (const line of [...collected.stderr, ...stagingFailureLines(verdict.failure)]) log.err(line);
      const exitCode = stagingExitCode(verdict.failure);
      const outOfMemory = await ranOutOfMemory(container, signal);
      log.exitStatus(exitCode, outOfMemory);
      return { failure: verdict.failure, exitCode, outOfMemory, result: verdict.result };
    }
    for (const line of verdict.stderr) log.err(line);
    for (const message of verdict.warnings) await this.#emit({ type: 'warning', message });
    log.exitStatus(0);
    const { result, stagingInfo } = verdict;
    return {
      result,
      stagingInfo,
      container,
      log,
      openDroplet: async (abort) =>
        await prependMembers(
          [stagingInfoMember(stagingInfo)],
          await container.download(`${plan.contentsDir}/.`, abort),
        ),
      openCache: (abort) => container.download(`${CACHE_DIR}/.`, abort),
    };
  }
}

/** The last lines of a staging, whatever came of it. */
async function destroy(container: Container, log: StagingLog): Promise<void> {
  log.stopping();
  await container.remove();
  log.destroyed();
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}

/** A failed build still says in result.json which buildpacks it had, where it got as far as the final one. */
async function collectWhatIsNeeded(
  plan: StagingPlan,
  container: Container,
  failure: StagingFailure | undefined,
  signal: AbortSignal,
): Promise<Collected> {
  if (failure === undefined) return await collect(container, plan.contentsDir, 'pack', signal);
  if (!writesResult(failure)) return { files: new Map(), failure: undefined, stderr: [] };
  return await collect(container, plan.contentsDir, 'peek', signal);
}

function judge(plan: StagingPlan, steps: StepsOutcome, { files, failure }: Collected): BuildVerdict {
  const evidence: BuildEvidence = {
    keys: plan.buildpacks.map(({ key }) => key),
    skipDetect: plan.skipDetect,
    detected: steps.detected,
    release: steps.release,
    files,
  };
  const stopped = steps.failure;
  if (stopped !== undefined) return failedBuild(stopped, evidence);
  const verdict = evaluateBuild(evidence);
  return verdict.failure === undefined && failure !== undefined
    ? { failure, result: verdict.result }
    : verdict;
}

function keptCache(cache: StoredCache, { phases }: StagingPlan, signal: AbortSignal): Readable {
  const kept = new Set(phases.keptCacheEntries);
  const rename = (path: string) => (kept.has(path.split('/', 1)[0] ?? '') ? path : undefined);
  return rewriteTar(cache.open(), { rename }, signal);
}

function stagingInfoMember(info: StagingInfo) {
  const content = Buffer.from(stagingInfoYml(info));
  const { uid, gid } = VCAP;
  return {
    type: 'file',
    path: `./${STAGING_INFO_NAME}`,
    mode: 0o644,
    mtime: Date.now(),
    size: content.length,
    open: () => content,
    uid,
    gid,
  } as const;
}
