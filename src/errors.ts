/** Faults that the user can mend: input, environment, their buildpack or their app. */
export const USER_ERROR_CODES = [
  'USAGE',
  'MANIFEST_NOT_FOUND',
  'MANIFEST_INVALID',
  'VARIABLES_INVALID',
  'APP_NOT_FOUND',
  'INSTANCE_NOT_FOUND',
  'APP_PATH_INVALID',
  'APP_BITS_EMPTY',
  'APP_BITS_TOO_LARGE',
  'ARCHIVE_UNSAFE',
  'ARCHIVE_INVALID',
  'BUILDPACK_UNKNOWN',
  'BUILDPACK_INVALID',
  'BUILDPACK_DOWNLOAD_FAILED',
  'PACKAGING_FAILED',
  'STACK_UNKNOWN',
  'STACK_UNAVAILABLE',
  'DROPLET_INVALID',
  'SERVICE_UNKNOWN',
  'SERVICES_INVALID',
  'SERVICE_UNAVAILABLE',
  'SIDECAR_CONFLICT',
  'ENV_INVALID',
  'CA_CERT_INVALID',
  'PORT_IN_USE',
  'NO_APP_DETECTED',
  'BUILDPACK_COMPILE_FAILED',
  'BUILDPACK_RELEASE_FAILED',
  'STAGING_FAILED',
  'STAGING_TIMEOUT',
  'START_COMMAND_MISSING',
  'PROCESS_NOT_FOUND',
  'START_TIMEOUT',
  'APP_CRASHED',
  'TASK_FAILED',
  'ON_CHANGE_FAILED',
  'SPEC_INVALID',
] as const;

/** Faults of the machine, the engine or of cfstage itself. */
export const SYSTEM_ERROR_CODES = [
  'DOCKER_UNREACHABLE',
  'ENGINE_LOST',
  'ENGINE_FAILED',
  'CONTAINER_GONE',
  'DISK_FULL',
  'STATE_UNREADABLE',
  'WATCH_LIMIT_REACHED',
  'INTERRUPTED',
  'INTERNAL',
] as const;

export type UserErrorCode = (typeof USER_ERROR_CODES)[number];
export type SystemErrorCode = (typeof SYSTEM_ERROR_CODES)[number];
export type ErrorCode = UserErrorCode | SystemErrorCode;

export interface ErrorDetails {
  /** What to do next, as a sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Overrides the exit code that the code implies, e.g. 225 of a failed supply. */
  readonly exitCode?: number;
}

/**
 * The one error class of cfstage. It is raised where the fault is seen, so that nobody has to guess from a message
 * later. `exitCode` is Cloud Foundry's own where there is one (222 … 225), a failed task's, 2 for wrong
 * usage, 130 for Ctrl-C, else 1.
 */
export class CfstageError extends Error {
  override readonly name: string = 'CfstageError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? defaultExitCode(code);
  }

  get kind(): 'user' | 'system' {
    return (USER_ERROR_CODES as readonly string[]).includes(this.code) ? 'user' : 'system';
  }
}

function defaultExitCode(code: ErrorCode): number {
  if (code === 'USAGE' || code === 'SPEC_INVALID') return 2;
  if (code === 'INTERRUPTED') return 130;
  return 1;
}

/** The `code` of a Node.js system error such as `ENOENT`; undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What an aborted operation rejects with: the reason given to the signal when it is ours, else INTERRUPTED. */
export function interruption(signal: AbortSignal): CfstageError {
  const reason: unknown = signal.reason;
  return reason instanceof CfstageError ? reason : new CfstageError('INTERRUPTED', 'Interrupted');
}

/** The promise, or the signal's interruption if that comes first. What the promise does afterwards is nobody's concern. */
export async function orInterrupted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined);
  if (signal.aborted) throw interruption(signal);
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(interruption(signal));
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
