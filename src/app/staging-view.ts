import { CfstageError } from '../errors.ts';
import type { ShownChange, ShownPhase } from '../lifecycle/tree-change.ts';
import type { FailedStagingPlace } from './redo-outcome.ts';
import { sessionsOf } from './replace-older.ts';
import { askSession, type SessionRequest } from './session-requests.ts';
import type { Workbench } from './workbench.ts';

/** What a watched app tells of its last staging. */
export interface StagingView {
  /** Absent unless a phase failed. */
  readonly failed?: FailedStagingPlace;
  /** What its phases did, in order, those included that were not redone; asked for with `changes`. */
  readonly phases?: readonly ShownPhase[];
  /** What is another in the last droplet than in the one before it; absent when they cannot be compared. */
  readonly droplet?: readonly ShownChange[];
}

/** Asks whoever watches an app. Raises APP_NOT_FOUND when nobody does. */
export async function askWatch(
  app: string,
  request: Extract<SessionRequest, { action: 'staging' }>,
  workbench: Pick<Workbench, 'home'>,
  signal: AbortSignal,
): Promise<StagingView> {
  for (const session of await sessionsOf(app, workbench)) {
    const answer = await askSession(session, request, signal);
    if (answer?.staging !== undefined) return answer.staging;
  }
  throw new CfstageError('APP_NOT_FOUND', `App '${app}' is not watched`, {
    hint: `\`cfstage watch ${app}\` keeps its staging container; then this works from another terminal.`,
  });
}
