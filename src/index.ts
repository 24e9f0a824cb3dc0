/**
 * cfstage as a library: stage Cloud Foundry apps with the buildpacks you are working on and run them with their
 * sidecars, on any container engine.
 *
 * ```ts
 * import { emitTo, MemorySink, openWorkbench, push, pushRequest } from 'cfstage';
 *
 * const memory = new MemorySink();
 * const workbench = await openWorkbench(process.env, '/tmp/cfstage-home', emitTo([memory]));
 * const request = pushRequest({ cwd: '/path/to/app', overrides: { buildpacks: ['/path/to/buildpack'] } });
 * await using app = await push(request, workbench, new AbortController().signal);
 * console.log(await (await fetch(app.url)).text());
 * ```
 *
 * Everything rejects with {@link CfstageError}: a code of a closed set, a message in cf's words, a hint. An aborted
 * signal ends the work, removes what it made, and rejects with the code INTERRUPTED.
 */

/** Doing: stage an app, run it, run a droplet again, run a task of it, and what there is. */
export { push } from './app/push.ts';
export { stageApp, type StagingOutcome } from './app/stage-app.ts';
export { runDroplet } from './app/run.ts';
export { openWatch, type WatchSession } from './app/watch-session.ts';
export type { Change, FailedStagingPlace, RedoOutcome } from './app/redo-outcome.ts';
export type { WatchedRoot, WatchRequest } from './app/watch-request.ts';
export {
  appStatus,
  deleteWholeApp,
  listAllApps,
  restartApp,
  stopApp,
  type AppSummary,
} from './app/running-apps.ts';
export { runTask } from './app/run-task.ts';
export { followLogs, recentLogs } from './app/app-logs.ts';
export { packageBuildpack, type PackagedBuildpack, type PackageRequest } from './app/package-buildpack.ts';
export { ciSetup, type CiSetup, type CiSetupRequest } from './app/ci-setup.ts';
export { sweep, type SweepScope } from './app/sweep.ts';
export type { RunningApp } from './app/running-app.ts';
export type { StoredDroplet } from './app/droplet-store.ts';
export type { SlotEnd } from './launcher/supervised-instance.ts';
export type { AppStatus, InstanceStatus, ProcessStatus } from './app/app-status.ts';
export type { TaskEnd } from './launcher/running-task.ts';

/** With what: the engine, the state folder, and what is asked for. */
export { openWorkbench, type Workbench } from './app/workbench.ts';
export {
  pushRequest,
  type AppRequest,
  type EgressRequest,
  type ProxyRequest,
  type PushRequest,
  type StageRequest,
} from './app/request.ts';
export { taskRequest, type TaskRequest } from './app/task-request.ts';
export type { StackPolicy } from './stack/stack-choice.ts';

/** What happens, as events, and where they go. A sink of your own is an object with `write(event)`. */
export { emitTo, type Sink } from './logs/emitter.ts';
export type { Emit, Event, EventBody, LogEvent, OutputStream } from './logs/event.ts';
export type { FailedPhase, PhaseTime, RedoEvent, RedoKind, RedoTiming } from './logs/redo-event.ts';
export type {
  TrafficAnswer,
  TrafficProtocol,
  TrafficRecord,
  TrafficSource,
} from './lifecycle/traffic-record.ts';
export { MemorySink } from './logs/memory-sink.ts';
export { JsonSink } from './logs/json-sink.ts';
export { TerminalSink } from './logs/terminal-sink.ts';

/** Manifests, without an engine. */
export { parseManifest, type ManifestSource } from './manifest/parse-manifest.ts';
export type {
  AppManifest,
  Manifest,
  ProcessManifest,
  RouteRef,
  ServiceRef,
  SidecarManifest,
} from './manifest/manifest.ts';

/** What a staging leaves, as the builder's files hold it. */
export type { StagingResult } from './lifecycle/staging-result.ts';
export type { StagingInfo } from './lifecycle/staging-info.ts';

export {
  CfstageError,
  SYSTEM_ERROR_CODES,
  USER_ERROR_CODES,
  type ErrorCode,
  type SystemErrorCode,
  type UserErrorCode,
} from './errors.ts';
