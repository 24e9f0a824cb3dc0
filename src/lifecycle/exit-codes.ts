import type { ErrorCode } from '../errors.ts';
import { CfstageError } from '../errors.ts';
import type { StagingFailure } from './staging-failure.ts';
import { stagingFailureMessage } from './staging-failure.ts';

/** The first text that occurs in the builder's error decides. Source: models.go, `ExitCodeFromError`. */
const EXIT_CODES: readonly (readonly [text: string, code: number])[] = [
  ['None of the buildpacks detected a compatible application', 222],
  ['Failed to compile droplet', 223],
  ['Failed to build droplet release', 224],
  ['Failed to run all supply scripts', 225],
  ['Error: one of the buildpacks chosen to supply dependencies does not support multi-buildpack apps', 225],
  ['Failed to run finalize script', 226],
];

/** Exit code of the builder when it ends with this failure: 222 … 226, else 1. */
export function stagingExitCode(failure: StagingFailure): number {
  const message = stagingFailureMessage(failure);
  return EXIT_CODES.find(([text]) => message.includes(text))?.[1] ?? 1;
}

/** What Cloud Controller makes of a failed staging, and with it `cf push`. */
export interface CloudControllerError {
  readonly id: 'NoAppDetectedError' | 'BuildpackCompileFailed' | 'BuildpackReleaseFailed' | 'StagingError';
  readonly message: string;
}

const STAGING_ERROR: CloudControllerError = { id: 'StagingError', message: 'Staging error: staging failed' };

/** Source: cloud_controller_ng failure_reason_sanitizer.rb (the codes), errors/v2.yml (the sentences). */
const CLOUD_CONTROLLER_ERRORS: Readonly<Record<number, CloudControllerError>> = {
  222: {
    id: 'NoAppDetectedError',
    message: 'An app was not successfully detected by any available buildpack',
  },
  223: {
    id: 'BuildpackCompileFailed',
    message: 'App staging failed in the buildpack compile phase',
  },
  224: {
    id: 'BuildpackReleaseFailed',
    message: 'App staging failed in the buildpack release phase',
  },
};

/** An out-of-memory kill hides the code: Cloud Controller looks at the end of the reason only. */
export function cloudControllerError(exitCode: number, outOfMemory = false): CloudControllerError {
  return (outOfMemory ? undefined : CLOUD_CONTROLLER_ERRORS[exitCode]) ?? STAGING_ERROR;
}

const NO_APP_DETECTED_TIP = "TIP: Use 'cf buildpacks' to see a list of supported buildpacks.";

/** What `cf push` writes to stderr for it, line by line. Source: cli translatableerror/staging_failed_error.go. */
export function cfPushErrorLines(error: CloudControllerError): string[] {
  const line = `Error staging application: ${error.id} - ${error.message}`;
  return error.id === 'NoAppDetectedError' ? [line, '', NO_APP_DETECTED_TIP] : [line];
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  222: 'NO_APP_DETECTED',
  223: 'BUILDPACK_COMPILE_FAILED',
  224: 'BUILDPACK_RELEASE_FAILED',
};

/** The failure as our error: the builder's exit code, `cf push`'s sentence, and what to do next. */
export function stagingError(failure: StagingFailure, outOfMemory = false): CfstageError {
  const exitCode = stagingExitCode(failure);
  const lines = cfPushErrorLines(cloudControllerError(exitCode, outOfMemory));
  return new CfstageError(outOfMemory ? 'STAGING_FAILED' : errorCode(failure, exitCode), lines.join('\n'), {
    exitCode,
    hint: outOfMemory ? OUT_OF_MEMORY_HINT : stagingHint(failure),
  });
}

const OUT_OF_MEMORY_HINT =
  'Staging ran out of memory. It has the memory of the web process, 1024M at least: give that more.';

function errorCode(failure: StagingFailure, exitCode: number): ErrorCode {
  switch (failure.kind) {
    case 'MalformedBuildpack':
    case 'UnreadableBuildpack':
    case 'InvalidBuildpackUrl':
      return 'BUILDPACK_INVALID';
    case 'DownloadFailed':
    case 'ExtractFailed':
    case 'CloneFailed':
      return 'BUILDPACK_DOWNLOAD_FAILED';
    default:
      return CODES[exitCode] ?? 'STAGING_FAILED';
  }
}

function stagingHint(failure: StagingFailure): string {
  switch (failure.kind) {
    case 'NoAppDetected':
      return 'Name the buildpack with -b or in the manifest, or make its bin/detect exit 0 for this app.';
    case 'NoSupplyScript':
      return `Put ${failure.key} last, or give it a bin/supply.`;
    case 'MalformedBuildpack':
    case 'UnreadableBuildpack':
      return 'Keep bin/ at the top of the buildpack or in its only directory.';
    case 'InvalidBuildpackUrl':
      return 'Write git URLs in full, e.g. https://github.com/org/repo.git#branch or ssh://git@host/org/repo.git.';
    case 'DownloadFailed':
    case 'ExtractFailed':
    case 'CloneFailed':
      return 'Check the URL, or stage with a local copy: --local-buildpack NAME=PATH.';
    default:
      return `${stagingFailureMessage(failure)}. The lines of the buildpack above say why.`;
  }
}
