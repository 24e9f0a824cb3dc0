import { rubyString } from './ruby-string.ts';

/** What the platform keeps of one crash. */
export interface CrashReport {
  readonly app: { readonly guid: string; readonly version: string };
  readonly processType: string;
  readonly instance: { readonly guid: string; readonly index: number };
  readonly cellId: string;
  readonly reason: string;
  readonly crashCount: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Source: bbs db/sqldb/actual_lrp_db.go, `MaxCrashReasonLength`. */
const LONGEST_REASON_BYTES = 1024;
const CUT = '(truncated)';

/**
 * What Cloud Controller logs of a crash, as source API. Source: cloud_controller_ng repositories/
 * process_event_repository.rb, app_event_repository.rb; the payload is tps-watcher's, its time in nanoseconds.
 */
export function crashLines(report: CrashReport): readonly string[] {
  const { app, processType, instance, cellId, reason, crashCount, time } = report;
  const payload: readonly (readonly [string, string])[] = [
    ['instance', rubyString(instance.guid)],
    ['index', String(instance.index)],
    ['cell_id', rubyString(cellId)],
    ['reason', '"CRASHED"'],
    ['exit_description', rubyString(storedReason(reason))],
    ['crash_count', String(crashCount)],
    ['crash_timestamp', `${time}000000`],
    ['version', rubyString(app.version)],
  ];
  const shown = payload.map(([key, value]) => `"${key}"=>${value}`).join(', ');
  return [
    `Process has crashed with type: "${processType}"`,
    `App instance exited with guid ${app.guid} payload: {${shown}}`,
  ];
}

/** A reason as it is stored: cut to 1024 bytes. */
export function storedReason(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  if (bytes.length <= LONGEST_REASON_BYTES) return reason;
  const kept = new TextDecoder().decode(bytes.subarray(0, LONGEST_REASON_BYTES - CUT.length));
  return `${kept.replace(/\uFFFD+$/u, '')}${CUT}`;
}
