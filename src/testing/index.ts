/**
 * Tests for buildpacks, in vitest, jest or node:test.
 *
 * ```ts
 * import { createPlatform, fixture } from 'cfstage/testing';
 *
 * await using platform = await createPlatform({ stack: 'cflinuxfs4' });
 * await using app = await platform.deploy
 *   .withBuildpacks('./my-buildpack')
 *   .execute('simple', fixture('fixtures/simple').with({ 'version.txt': '2' }));
 * console.log(await (await app.fetch('/')).text());
 * ```
 */
export { createPlatform, randomName, type Platform, type PlatformOptions } from './platform.ts';
export type { Deploy, ExecuteOptions, Source } from './deploy.ts';
export type {
  BuildpackRef,
  DeploySettings,
  HealthCheckSettings,
  ServiceSettings,
} from './deploy-settings.ts';
export { fixture, type FileContent, type Fixture, type Place } from './fixture.ts';
export type { CallOptions, Deployment, ExecResult, Timings, Traffic } from './deployment.ts';
export type { InstanceRef } from './instance-finder.ts';
export type { AppRequestInit } from './fetch-app.ts';
export type { Droplet } from './droplet.ts';
export type { DropletFile } from '../app/droplet-files.ts';
export type { LogFilter, LogLine, LogView } from './log-view.ts';
export type { Waiting } from './eventually.ts';
export type { TreeChange } from '../lifecycle/tree-change.ts';
export type { PhaseReport } from './phase-report.ts';
export type { Crash, ProcessExit } from './process-exits.ts';
export type { StagingReport } from './staging-report.ts';
export { StagingError, StartError } from './deployment-errors.ts';
export type { ContainerProcess } from '../app/instance-shell.ts';
export type { AppStatus, InstanceStatus, ProcessStatus } from '../app/app-status.ts';
export type { StackPolicy } from '../stack/stack-choice.ts';
export type { StagingResult } from '../lifecycle/staging-result.ts';
export type { Sink } from '../logs/emitter.ts';
export type { Event, LogEvent } from '../logs/event.ts';
export type { BeforeRemoval } from '../engine/watch-removals.ts';
export { CfstageError, type ErrorCode } from '../errors.ts';
export { matchers, type MatcherContext, type MatcherResult } from './matchers/matchers.ts';
export type { CfstageMatchers } from './matchers/matcher-types.ts';
export type { FailStagingOptions, StagingAttempt } from './matchers/staging-matchers.ts';
export type { ServeOptions } from './matchers/serve.ts';
export type { ExitOptions, HealthyOptions } from './matchers/run-matchers.ts';
export type { SidecarOptions, SuppliedOptions } from './matchers/droplet-matchers.ts';
