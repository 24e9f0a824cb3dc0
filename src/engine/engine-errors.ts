import { CfstageError, systemErrorCode, type ErrorCode } from '../errors.ts';

const CONNECTION_LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'EACCES',
  'ETIMEDOUT',
  'ENOTFOUND',
]);

function statusCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** True when the engine answered with one of these status codes. */
export function hasStatus(error: unknown, ...codes: readonly number[]): boolean {
  const code = statusCode(error);
  return code !== undefined && codes.includes(code);
}

/** True when the engine answered that the thing asked for does not exist. */
export function isNotFound(error: unknown): boolean {
  return hasStatus(error, 404);
}

/** True when the engine answered that the state asked for is already there (304) or being reached (409). */
export function isAlreadySo(error: unknown): boolean {
  return hasStatus(error, 304, 409);
}

/**
 * The engine's answer as an error of ours. `meaning` says what a status code means for this operation, which only the
 * caller knows: 404 is a missing image when creating and a vanished container when executing.
 */
export function engineError(
  operation: string,
  error: unknown,
  meaning: Partial<Record<number, { code: ErrorCode; message: string; hint: string }>> = {},
): CfstageError {
  if (error instanceof CfstageError) return error;
  const status = statusCode(error);
  const known = status === undefined ? undefined : meaning[status];
  if (known !== undefined)
    return new CfstageError(known.code, known.message, { hint: known.hint, cause: error });
  if (status === undefined && isConnectionLoss(error)) {
    return new CfstageError('ENGINE_LOST', `The container engine went away while trying to ${operation}`, {
      hint: 'Start the engine again, then run `cfstage clean` to remove what this run could not.',
      cause: error,
    });
  }
  return new CfstageError(
    'ENGINE_FAILED',
    `The container engine could not ${operation}: ${engineMessage(error)}`,
    {
      hint: 'Run `cfstage doctor` to check the engine.',
      cause: error,
    },
  );
}

function isConnectionLoss(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code !== undefined && (CONNECTION_LOST.has(code) || code.startsWith('ERR_STREAM'));
}

function engineMessage(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'json' in error) {
    const body: unknown = error.json;
    if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string') {
      return body.message.trim();
    }
  }
  return error instanceof Error ? error.message : String(error);
}
