import { CfstageError, type ErrorCode } from '../../errors.ts';
import { StagingError } from '../deployment-errors.ts';
import { Deployment } from '../deployment.ts';
import type { LinePattern } from '../log-view.ts';
import type { StagingReport } from '../staging-report.ts';
import { containLines } from './contain-lines.ts';
import { counted, indented, shown, type Verdict } from './verdict.ts';

/** How a staging is expected to fail; what is absent may be anything. */
export interface FailStagingOptions {
  /** The script that failed: `detect`, `supply`, `finalize`, `compile` or `release`. */
  readonly phase?: string;
  /** Whose script it was, as it was named. */
  readonly buildpack?: string;
  /** Cloud Foundry's: 222 … 226, else 1. */
  readonly exitCode?: number;
  /** That of the script. */
  readonly status?: number;
  /** E.g. STAGING_TIMEOUT, see docs/errors.md. */
  readonly code?: ErrorCode;
  /** What a line of the staging log holds or matches; of a list, lines in a row as `toContainLines` has them. */
  readonly log?: LinePattern | readonly LinePattern[];
}

/** What may have failed: a deployment in the making, a function that makes one, or what was caught of it. */
export type StagingAttempt = Promise<unknown> | (() => Promise<unknown>) | StagingError | Deployment;

/** The staging fails, as told. A deployment that comes of it after all is deleted. */
export async function failStaging(
  received: StagingAttempt,
  options: FailStagingOptions = {},
): Promise<Verdict> {
  const details = Object.entries(options).map(([key, value]) => `${key} ${shownAll(value)}`);
  const expected = `the app to fail staging${details.length === 0 ? '' : ` with ${details.join(', ')}`}`;
  const outcome = await settle(received);
  if (!(outcome instanceof StagingError)) return { pass: false, expected, found: told(outcome) };
  const faults = faultsOf(outcome, options);
  return {
    pass: faults.length === 0,
    expected,
    found: [...faults, 'It failed so:', indented(outcome.message, 60)].join('\n'),
  };
}

async function settle(received: StagingAttempt): Promise<unknown> {
  if (received instanceof StagingError || received instanceof Deployment) return received;
  try {
    const deployed = await (typeof received === 'function' ? received() : received);
    if (deployed instanceof Deployment) await deployed.delete();
    return deployed;
  } catch (error) {
    if (error instanceof StagingError) return error;
    // What is wrong with the test itself must not pass for "does not fail".
    throw error;
  }
}

function told(outcome: unknown): string {
  if (!(outcome instanceof Deployment)) return 'It was staged.';
  return `It was staged. Its staging log:\n${indented(outcome.stagingLogs.text, 60)}`;
}

function faultsOf(error: StagingError, options: FailStagingOptions): readonly string[] {
  const { phase, buildpack, exitCode, status, code, log } = options;
  const failed = error.failedPhase;
  const differs = (what: string, expected: unknown, value: unknown) =>
    expected === undefined || expected === value
      ? []
      : [`The ${what} was ${value === undefined ? 'none' : shown(value)}.`];
  return [
    ...differs('phase', phase, failed?.name),
    ...differs('buildpack', buildpack, failed?.buildpack),
    ...differs('exit code', exitCode, error.exitCode),
    ...differs('status of the script', status, failed?.exitCode),
    ...differs('code', code, error.code),
    ...(log === undefined ? [] : logFaults(error, log)),
  ];
}

function logFaults(
  { stagingLogs }: StagingError,
  log: LinePattern | readonly LinePattern[],
): readonly string[] {
  if (!isList(log)) {
    return stagingLogs.includes(log) ? [] : [`No line of the staging log has ${shown(log)}.`];
  }
  const { pass, found } = containLines(stagingLogs, log);
  return pass ? [] : [`The staging log is another. ${found}`];
}

function isList(log: LinePattern | readonly LinePattern[]): log is readonly LinePattern[] {
  return Array.isArray(log);
}

function shownAll(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(shown).join(', ')}]` : shown(value);
}

/** Something that was staged: a deployment, or the report of one staging. */
export type Staged = { readonly staging: StagingReport } | StagingReport;

/** The newest staging had the cache of one before, and a buildpack has read or moved something of it. */
export function haveUsedCache(received: Staged): Verdict {
  const { cacheUse: use } = reportOf(received);
  const expected = 'the app to have used its build cache';
  if (use === undefined)
    return {
      pass: false,
      expected,
      found: 'There was no cache: it was not staged before. Stage it again, with restage() or execute().',
    };
  if (!use.tellsReads && use.moved.length === 0) {
    throw new CfstageError('USAGE', "The engine's file system does not tell which files are read", {
      hint: 'It is mounted with noatime. Look at the log instead: expect(app.stagingLogs).toContainLines([…]).',
    });
  }
  const { restored, read, moved, overwritten, removed } = use;
  const list = (what: string, paths: readonly string[]) => [
    `${paths.length} of them were ${what}${paths.length === 0 ? '.' : ':'}`,
    ...paths.slice(0, 10).map((path) => `  ${path}`),
  ];
  return {
    pass: read.length + moved.length > 0,
    expected,
    found: [
      `Restored from the staging before: ${counted(restored.length, 'file')}.`,
      ...list('read', read),
      ...list('moved to the app or the dependencies', moved),
      ...list('overwritten', overwritten),
      ...list('removed', removed),
    ].join('\n'),
  };
}

function reportOf(received: Staged): StagingReport {
  return 'staging' in received ? received.staging : received;
}

/** The newest staging took no longer than that. */
export function stageWithin(received: Staged, ms: number): Verdict {
  const { durationMs, phases } = reportOf(received);
  const list = phases.map(
    ({ name, buildpack, durationMs: took }) => `  ${took} ms  bin/${name} of ${buildpack}`,
  );
  return {
    pass: durationMs !== undefined && durationMs <= ms,
    expected: `the app to stage within ${ms} ms`,
    found: `It took ${durationMs === undefined ? 'unknown time' : `${durationMs} ms`}:\n${list.join('\n')}`,
  };
}
