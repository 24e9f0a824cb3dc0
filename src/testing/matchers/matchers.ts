import type { Deployment } from '../deployment.ts';
import type { StartError } from '../deployment-errors.ts';
import type { Waiting } from '../eventually.ts';
import type { LinePattern } from '../log-view.ts';
import { containLines, containLinesInTime, type Lines } from './contain-lines.ts';
import {
  haveProcess,
  haveSidecar,
  haveSupplied,
  type SidecarOptions,
  type SuppliedOptions,
  type WithDroplet,
} from './droplet-matchers.ts';
import { beHealthy, exitWith, makeNoTraffic, type ExitOptions, type HealthyOptions } from './run-matchers.ts';
import { serve, type ServeOptions } from './serve.ts';
import {
  failStaging,
  haveUsedCache,
  stageWithin,
  type FailStagingOptions,
  type Staged,
  type StagingAttempt,
} from './staging-matchers.ts';
import { failureMessage, type Verdict } from './verdict.ts';

/** What `expect.extend` of vitest and of jest wants to know. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What both of them give a matcher as `this`. */
export interface MatcherContext {
  readonly isNot?: boolean;
}

function result(verdict: Verdict, isNot: boolean): MatcherResult {
  return { pass: verdict.pass, message: () => failureMessage(verdict, isNot) };
}

/** For `expect.extend`. */
export const matchers = {
  toContainLines(
    this: MatcherContext,
    received: Lines,
    lines: readonly LinePattern[],
    waiting?: Waiting,
  ): MatcherResult | Promise<MatcherResult> {
    const isNot = this.isNot ?? false;
    if (waiting === undefined) return result(containLines(received, lines), isNot);
    return containLinesInTime(received, lines, waiting, isNot).then((verdict) => result(verdict, isNot));
  },

  async toServe(
    this: MatcherContext,
    received: Deployment,
    body: string | RegExp,
    options: ServeOptions = {},
  ): Promise<MatcherResult> {
    const isNot = this.isNot ?? false;
    return result(await serve(received, body, options, isNot), isNot);
  },

  async toHaveSupplied(
    this: MatcherContext,
    received: WithDroplet,
    path: string,
    options?: SuppliedOptions,
  ): Promise<MatcherResult> {
    return result(await haveSupplied(received, path, options), this.isNot ?? false);
  },

  toHaveProcess(
    this: MatcherContext,
    received: WithDroplet,
    type: string,
    command?: string | RegExp,
  ): MatcherResult {
    return result(haveProcess(received, type, command), this.isNot ?? false);
  },

  toHaveSidecar(
    this: MatcherContext,
    received: WithDroplet,
    name: string,
    options?: SidecarOptions,
  ): MatcherResult {
    return result(haveSidecar(received, name, options), this.isNot ?? false);
  },

  async toFailStaging(
    this: MatcherContext,
    received: StagingAttempt,
    options?: FailStagingOptions,
  ): Promise<MatcherResult> {
    return result(await failStaging(received, options), this.isNot ?? false);
  },

  async toExitWith(
    this: MatcherContext,
    received: Deployment | StartError,
    exitCode: number,
    options?: ExitOptions,
  ): Promise<MatcherResult> {
    const isNot = this.isNot ?? false;
    return result(await exitWith(received, exitCode, options, isNot), isNot);
  },

  async toBeHealthy(
    this: MatcherContext,
    received: Deployment,
    options?: HealthyOptions,
  ): Promise<MatcherResult> {
    const isNot = this.isNot ?? false;
    return result(await beHealthy(received, options, isNot), isNot);
  },

  async toMakeNoTraffic(this: MatcherContext, received: Deployment): Promise<MatcherResult> {
    return result(await makeNoTraffic(received), this.isNot ?? false);
  },

  toHaveUsedCache(this: MatcherContext, received: Staged): MatcherResult {
    return result(haveUsedCache(received), this.isNot ?? false);
  },

  toStageWithin(this: MatcherContext, received: Staged, ms: number): MatcherResult {
    return result(stageWithin(received, ms), this.isNot ?? false);
  },
};
