import { CfstageError, type ErrorCode } from '../errors.ts';
import type { LogView } from './log-view.ts';
import type { PhaseReport } from './phase-report.ts';
import type { StagingReport } from './staging-report.ts';

/** As many lines of the log as an error shows. */
const SHOWN_LINES = 20;

/** What was said and done before a deployment failed. */
export interface FailedDeployment {
  readonly app: string;
  readonly staging: StagingReport;
  /** The whole log. */
  readonly logs: LogView;
}

/** A staging that failed, with its log. `exitCode` is Cloud Foundry's: 222 … 226, else 1. */
export class StagingError extends CfstageError {
  override readonly name: string = 'StagingError';
  readonly app: string;
  readonly logs: LogView;
  readonly stagingLogs: LogView;
  readonly phases: readonly PhaseReport[];
  /** The script that failed or was running when the time was over; undefined when none did. */
  readonly failedPhase: PhaseReport | undefined;

  constructor(cause: CfstageError, { app, staging, logs }: FailedDeployment) {
    const { failedPhase } = staging;
    super(
      cause.code,
      `${cause.message}\n\n${toldPhase(failedPhase)}${lastLines(staging.logs)}`,
      detailsOf(cause),
    );
    this.app = app;
    this.logs = logs;
    this.stagingLogs = staging.logs;
    this.phases = staging.phases;
    this.failedPhase = failedPhase;
  }
}

/** An app that was staged and did not start, with its log. */
export class StartError extends CfstageError {
  override readonly name: string = 'StartError';
  readonly app: string;
  readonly logs: LogView;
  readonly stagingLogs: LogView;
  readonly phases: readonly PhaseReport[];
  /** Of the process that ended first; undefined when none did by itself. */
  readonly processExitCode: number | undefined;

  constructor(cause: CfstageError, { app, staging, logs }: FailedDeployment) {
    super(cause.code, `${cause.message}\n\n${lastLines(logs)}`, detailsOf(cause));
    this.app = app;
    this.logs = logs;
    this.stagingLogs = staging.logs;
    this.phases = staging.phases;
    const crash = staging.events.find((event) => event.type === 'instance-crashed');
    this.processExitCode = crash?.exitCode ?? undefined;
  }
}

const STAGING_CODES: readonly ErrorCode[] = [
  'NO_APP_DETECTED',
  'BUILDPACK_COMPILE_FAILED',
  'BUILDPACK_RELEASE_FAILED',
  'BUILDPACK_INVALID',
  'BUILDPACK_DOWNLOAD_FAILED',
  'STAGING_FAILED',
  'STAGING_TIMEOUT',
  'START_COMMAND_MISSING',
];
const START_CODES: readonly ErrorCode[] = ['APP_CRASHED', 'START_TIMEOUT'];

/** The error with what was said before it, if it is one of staging or of starting; any other as it is. */
export function deploymentError(error: unknown, failed: FailedDeployment): unknown {
  if (!(error instanceof CfstageError)) return error;
  if (STAGING_CODES.includes(error.code)) return new StagingError(error, failed);
  if (START_CODES.includes(error.code)) return new StartError(error, failed);
  return error;
}

function toldPhase(phase: PhaseReport | undefined): string {
  if (phase === undefined) return '';
  const end = phase.exitCode === undefined ? 'had not ended' : `ended with ${phase.exitCode}`;
  return `bin/${phase.name} of ${phase.buildpack} ${end}.\n`;
}

function lastLines({ lines }: LogView): string {
  const shown = lines
    .slice(-SHOWN_LINES)
    .map(({ source, stream, message }) => `  [${source}] ${stream} ${message}`);
  return shown.length === 0 ? 'The log is empty.' : `The last lines of the log:\n${shown.join('\n')}`;
}

function detailsOf(cause: CfstageError) {
  const { hint, exitCode } = cause;
  return { cause, exitCode, ...(hint === undefined ? {} : { hint }) };
}
