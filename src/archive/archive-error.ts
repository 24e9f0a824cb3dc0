import { CfstageError, interruption } from '../errors.ts';

/** Raises INTERRUPTED (or the reason given to the signal) when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interruption(signal);
}

/** What reading a broken archive rejects with: ARCHIVE_INVALID, unless the error is one of ours or an interruption. */
export function archiveInvalid(error: unknown, signal?: AbortSignal): CfstageError {
  if (error instanceof CfstageError) return error;
  if (signal?.aborted === true) return interruption(signal);
  const detail = error instanceof Error ? error.message : String(error);
  return new CfstageError('ARCHIVE_INVALID', `The archive cannot be read: ${detail}`, {
    hint: 'The file is damaged or cut short; make or download it again.',
    cause: error,
  });
}
