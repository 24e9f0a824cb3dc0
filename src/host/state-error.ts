import { CfstageError, systemErrorCode } from '../errors.ts';

/** DISK_FULL for an error that means so (no space, no quota), else undefined. */
export function diskFull(error: unknown, path: string): CfstageError | undefined {
  const code = systemErrorCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined;
  return new CfstageError('DISK_FULL', `There is no space left to write '${path}'`, {
    hint: "Free some space on that disk, for example with 'cfstage clean', and try again.",
    cause: error,
  });
}

/** What a failed access to the state folder rejects with: DISK_FULL, STATE_UNREADABLE, or the error itself if ours. */
export function stateError(error: unknown, path: string): CfstageError {
  if (error instanceof CfstageError) return error;
  const detail = systemErrorCode(error) ?? (error instanceof Error ? error.message : String(error));
  return (
    diskFull(error, path) ??
    new CfstageError('STATE_UNREADABLE', `The state of cfstage at '${path}' cannot be used: ${detail}`, {
      hint: 'Mend its permissions or content, delete it, or set CFSTAGE_HOME to another folder.',
      cause: error,
    })
  );
}
