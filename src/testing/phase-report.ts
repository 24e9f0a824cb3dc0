import type { TreeChange } from '../lifecycle/tree-change.ts';
import type { OtherEvent } from './event-log.ts';

/** One script of a buildpack that staging ran. */
export interface PhaseReport {
  /** `detect`, `supply`, `finalize`, `compile` or `release`. */
  readonly name: string;
  /** As it was named with `withBuildpacks` or in the manifest. */
  readonly buildpack: string;
  /** Of the script; undefined when it never ended, because the staging was given up. */
  readonly exitCode: number | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds; of one that never ended, until the staging was given up. */
  readonly durationMs: number;
  /** What it changed, where the platform was created with `recordChanges`. */
  readonly files?: readonly TreeChange[];
}

/** The phases of one staging, in order. */
export function phaseReports(events: readonly OtherEvent[]): readonly PhaseReport[] {
  const reports: PhaseReport[] = [];
  for (const event of events) {
    if (event.type === 'phase-started') {
      reports.push({
        name: event.phase,
        buildpack: event.buildpack,
        exitCode: undefined,
        startedAt: event.time,
        durationMs: 0,
      });
    }
    const last = reports.at(-1);
    if (event.type === 'phase-ended' && last !== undefined) {
      reports[reports.length - 1] = { ...last, exitCode: event.exitCode, durationMs: event.durationMs };
    }
    if (event.type === 'phase-recorded' && last !== undefined) {
      reports[reports.length - 1] = { ...last, files: event.record.changes };
    }
  }
  const last = reports.at(-1);
  const end = events.at(-1);
  if (last?.exitCode === undefined && last !== undefined && end !== undefined) {
    reports[reports.length - 1] = { ...last, durationMs: end.time - last.startedAt };
  }
  return reports;
}

/** The script that ended a failed staging. One whose buildpack is only not detected has not. */
export function failedPhase(phases: readonly PhaseReport[]): PhaseReport | undefined {
  const last = phases.at(-1);
  if (last === undefined || last.exitCode === 0) return undefined;
  return last.name === 'detect' && last.exitCode !== undefined ? undefined : last;
}
