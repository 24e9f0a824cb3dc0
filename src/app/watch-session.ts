import type { SlotEnd } from '../launcher/supervised-instance.ts';
import type { TrafficRecord } from '../lifecycle/traffic-record.ts';
import type { StagingChanges } from '../logs/render-staging-changes.ts';
import type { AppStatus } from './app-status.ts';
import type { Change, FailedStagingPlace, RedoOutcome } from './redo-outcome.ts';
import { RunningWatch } from './running-watch.ts';
import type { WatchedRoot, WatchRequest } from './watch-request.ts';
import type { Workbench } from './workbench.ts';

/**
 * An app that is kept staged and running while its files change. One thing is redone at a time; a newer change ends
 * what an older one has begun. Disposing stops the app and removes everything.
 */
export interface WatchSession extends AsyncDisposable {
  readonly app: string;
  /** Of the first instance of web that runs, past the router; empty while none does. */
  readonly url: string;
  /** What to watch, as of the last manifest that could be read. It may differ after each `apply`. */
  readonly watched: readonly WatchedRoot[];
  /** The phase that failed, while the last staging is one that failed. */
  readonly failed: FailedStagingPlace | undefined;
  /** What came of the first staging and start, or of the last change. */
  readonly last: RedoOutcome;
  /** Settles when the app was stopped or replaced from another terminal, or ended because it may not be restarted. */
  readonly ended: Promise<SlotEnd>;
  status(): AppStatus;
  /** What the phases of the last staging did, once no other one is at work. */
  changes(signal: AbortSignal): Promise<StagingChanges>;
  /** What the containers have tried to reach since the last redo began; empty unless that was asked for. */
  traffic(): readonly TrafficRecord[];
  /** Redoes what these changes make necessary. Rejects only when `signal` fires or the engine cannot go on. */
  apply(change: Change, signal: AbortSignal): Promise<RedoOutcome>;
  /** Stages from nothing, with the cache as the last good staging left it. */
  restage(signal: AbortSignal): Promise<RedoOutcome>;
  /** Runs the phase that failed again, in the state before it, and what follows. */
  rerunFailed(signal: AbortSignal): Promise<RedoOutcome>;
}

/**
 * Stages and starts an app and stays with it. Resolves also when the buildpacks or the app failed: see `last`. Rejects
 * when there is nothing to watch, e.g. without a manifest that can be read.
 */
export async function openWatch(
  request: WatchRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<WatchSession> {
  return await RunningWatch.open(request, workbench, signal);
}
