import { systemErrorCode } from '../errors.ts';

/** Why a request failed, in a word or a sentence: `fetch` hides it in the cause. */
export function failureReason(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return systemErrorCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
}
