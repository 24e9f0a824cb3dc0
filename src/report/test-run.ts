import type { OutputStream } from '../logs/event.ts';

/**
 * How a scenario ended. `failed`: something was not as expected. `staging-error`: staging failed that should not have.
 * `timeout`: it took too long. `interrupted`: Ctrl-C. `skipped`: it was never begun.
 */
export const OUTCOMES = ['passed', 'failed', 'staging-error', 'timeout', 'interrupted', 'skipped'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Times of a scenario's parts are milliseconds since its own beginning. */
export interface Span {
  readonly startMs: number;
  readonly durationMs: number;
}

export interface StepRun extends Span {
  /** E.g. `request GET /config`. */
  readonly title: string;
  readonly at: Place;
  readonly outcome: 'passed' | 'failed' | 'skipped';
}

export interface FileChange {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
}

/** One script of a buildpack. */
export interface PhaseRun extends Span {
  readonly name: string;
  readonly buildpack: string;
  readonly exitCode: number;
  readonly files: readonly FileChange[];
  /** How many more files it changed than are listed. */
  readonly moreFiles: number;
}

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly source: string;
  readonly stream: OutputStream;
  readonly message: string;
}

/** The log of a scenario, as much of it as is kept: its beginning and its end. */
export interface KeptLog {
  readonly lines: readonly LogLine[];
  /** How many lines are left out, after the first `leftOutAfter` ones. */
  readonly leftOut: number;
  readonly leftOutAfter: number;
}

/** Why a scenario did not pass. */
export interface Failure {
  readonly message: string;
  /** Further lines, e.g. the nearest match of a log line. */
  readonly details?: string;
  /** Of a CfstageError. */
  readonly code?: string;
  readonly hint?: string;
  /** The step, or the scenario itself. */
  readonly at: Place;
}

export interface ScenarioRun {
  readonly name: string;
  /** Path of the spec, relative to the working directory, with slashes. */
  readonly file: string;
  readonly at: Place;
  readonly matrix: Readonly<Record<string, string>>;
  /** Name of the app on the engine. */
  readonly app: string;
  readonly outcome: Outcome;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** The part of it in which cfstage has staged, started and stopped the app. */
  readonly workMs: number;
  readonly steps: readonly StepRun[];
  readonly phases: readonly PhaseRun[];
  readonly log: KeptLog;
  readonly failure?: Failure;
  /** Directory of what was written of a failed scenario. */
  readonly artifacts?: string;
  /** How to enter the container that was left. */
  readonly enter?: string;
}

/** One call of `cfstage test`. */
export interface TestRun {
  /** Version of this form. */
  readonly version: 1;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly jobs: number;
  readonly interrupted: boolean;
  /** In the order of the specs. */
  readonly scenarios: readonly ScenarioRun[];
}

export type Counts = Readonly<Record<Outcome, number>>;

export function countOutcomes(scenarios: readonly Pick<ScenarioRun, 'outcome'>[]): Counts {
  const count = (outcome: Outcome) => scenarios.filter((one) => one.outcome === outcome).length;
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Counts;
}

/** Whether nothing speaks against the run: whatever was left out does. */
export function isGood({ scenarios, interrupted }: TestRun): boolean {
  return !interrupted && scenarios.every(({ outcome }) => outcome === 'passed');
}
