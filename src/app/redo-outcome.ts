import type { CfstageError } from '../errors.ts';
import type { FailedPhase, RedoKind, RedoTiming } from '../logs/redo-event.ts';

/** A batch of changed files. */
export interface Change {
  /** Absolute; those of files that are gone as well. */
  readonly paths: readonly string[];
  /** When the first of them was seen, on the clock of `performance.now()`; now, if absent. */
  readonly seenAt?: number;
}

/** What came of a change. */
export type RedoOutcome =
  | {
      readonly kind: 'done';
      readonly redo: RedoKind;
      /** One line, e.g. `bin/finalize of ruby_buildpack changed: from finalize`. */
      readonly reason: string;
      readonly timing: RedoTiming;
    }
  /** What served before goes on to. */
  | { readonly kind: 'failed'; readonly error: CfstageError; readonly failed: FailedStagingPlace | undefined }
  /** A newer change came; its own outcome tells of both. */
  | { readonly kind: 'superseded' };

/** Where a staging failed: the container is still there, as the phase has left it. */
export interface FailedStagingPlace extends FailedPhase {
  readonly container: { readonly id: string; readonly name: string };
  /** Environment of the phase. */
  readonly env: Readonly<Record<string, string>>;
}
