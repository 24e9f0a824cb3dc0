import type { Readable } from 'node:stream';
import { prependMembers } from '../archive/prepend.ts';
import {
  evaluateBuild,
  failedBuild,
  type BuildEvidence,
  type BuildVerdict,
} from '../buildpack/evaluate-build.ts';
import type { Container } from '../engine/engine.ts';
import { CACHE_DIR, STAGING_INFO_NAME, VCAP } from '../lifecycle/container-paths.ts';
import { stagingExitCode } from '../lifecycle/exit-codes.ts';
import { stagingFailureLines, writesResult, type StagingFailure } from '../lifecycle/staging-failure.ts';
import { stagingInfoYml, type StagingInfo } from '../lifecycle/staging-info.ts';
import type { StagingResult } from '../lifecycle/staging-result.ts';
import type { Emit } from '../logs/event.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import { collect, type Collected } from './collect.ts';
import type { StepsOutcome } from './run-steps.ts';
import type { StagingLog } from './staging-log.ts';

/** A droplet, still in the container that it was staged in. */
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

/** A staging whose scripts have run. */
export interface FinishedSteps {
  readonly plan: StagingPlan;
  readonly container: Container;
  readonly steps: StepsOutcome;
  readonly log: StagingLog;
  /** Asked after a failure. */
  readonly outOfMemory: () => Promise<boolean>;
}

/** Collects what the scripts left and decides what was built; the builder's last lines go to the log. */
export async function concludeStaging(
  { plan, container, steps, log, outOfMemory }: FinishedSteps,
  emit: Emit,
  signal: AbortSignal,
): Promise<StagedDroplet | FailedStaging> {
  const collected = await collectWhatIsNeeded(plan, container, steps.failure, signal);
  const verdict = judge(plan, steps, collected);
  if (verdict.failure !== undefined) {
    for (const line of [...collected.stderr, ...stagingFailureLines(verdict.failure)]) log.err(line);
    const exitCode = stagingExitCode(verdict.failure);
    const ranOut = await outOfMemory();
    log.exitStatus(exitCode, ranOut);
    return { failure: verdict.failure, exitCode, outOfMemory: ranOut, result: verdict.result };
  }
  for (const line of verdict.stderr) log.err(line);
  for (const message of verdict.warnings) await emit({ type: 'warning', message });
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

/** The member of a droplet that is not in the container's contents directory. */
export function stagingInfoMember(info: StagingInfo) {
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
