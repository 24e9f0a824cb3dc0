/**
 * What a change of a watched app makes necessary: nothing, telling the router, more or fewer instances, other instances
 * of the present droplet, some phases in the same staging container, or a staging container made anew.
 */
export type RedoKind = 'nothing' | 'routes' | 'scale' | 'restart' | 'redo' | 'anew';

export interface PhaseTime {
  readonly phase: string;
  readonly buildpack: string;
  readonly durationMs: number;
}

/** Where the time of a redo went, in milliseconds. */
export interface RedoTiming {
  /** From the moment that the change was seen until the app could be asked. */
  readonly totalMs: number;
  /** The buildpacks' scripts that ran. */
  readonly phases: readonly PhaseTime[];
  /** The app's own start: from the start of its processes until it was healthy. */
  readonly startMs: number;
  /** All else: what cfstage and the engine took. */
  readonly overheadMs: number;
}

/** The phase of a staging that failed. */
export interface FailedPhase {
  readonly phase: string;
  readonly buildpack: string;
  /** The script with its arguments, as it was run by vcap in /home/vcap. */
  readonly argv: readonly string[];
  readonly exitCode: number;
}

/** What happens while an app is watched. Times are milliseconds since the epoch. */
export type RedoEvent =
  /** What a change makes necessary is decided; `reason` is one line such as `bin/finalize of x changed: from finalize`. */
  | {
      readonly type: 'redo';
      readonly time: number;
      readonly app: string;
      readonly kind: RedoKind;
      readonly reason: string;
    }
  /** It is done and the app answers. */
  | {
      readonly type: 'redone';
      readonly time: number;
      readonly app: string;
      readonly kind: RedoKind;
      readonly reason: string;
      readonly timing: RedoTiming;
    }
  | {
      readonly type: 'redo-failed';
      readonly time: number;
      readonly app: string;
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
      /** Null when no phase of the staging failed. */
      readonly phase: FailedPhase | null;
      /** Whether instances from before go on to serve. */
      readonly serving: boolean;
    };
