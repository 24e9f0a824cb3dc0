/** Crashes that are answered at once. Source: bbs models/restart_calculator.go, `DefaultImmediateRestarts`. */
const IMMEDIATE_RESTARTS = 3;
/** Source: `DefaultMaxRestarts`. */
const MAX_RESTARTS = 200;
/** Source: `CrashBackoffMinDuration`, `DefaultMaxBackoffDuration`. */
const MIN_BACKOFF_SECONDS = 30;
const MAX_BACKOFF_SECONDS = 16 * 60;
/** An instance that ran longer starts counting anew. Source: bbs models/actual_lrp.go, `CrashResetTimeout`. */
const RESET_AFTER_SECONDS = 5 * 60;

/** How many crashes in a row the one at hand makes, `runningSeconds` after the instance became healthy. */
export function countCrash(before: number, runningSeconds: number): number {
  return runningSeconds > RESET_AFTER_SECONDS ? 1 : before + 1;
}

/** Seconds until an instance is started again after its n-th crash in a row; undefined means never. */
export function restartDelaySeconds(crashes: number): number | undefined {
  if (crashes < IMMEDIATE_RESTARTS) return 0;
  if (crashes >= MAX_RESTARTS) return undefined;
  return Math.min(MIN_BACKOFF_SECONDS * 2 ** (crashes - IMMEDIATE_RESTARTS), MAX_BACKOFF_SECONDS);
}
