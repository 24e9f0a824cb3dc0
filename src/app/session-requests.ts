import { CfstageError, type ErrorCode } from '../errors.ts';
import { askControl } from '../host/control-socket.ts';
import type { SessionRecord } from '../host/session-directory.ts';
import type { AppStatus } from './app-status.ts';

/** What one terminal may ask of the session that runs an app. */
export type SessionRequest =
  | { readonly action: 'status' | 'stop' | 'restart' }
  /** A newer run of the app is healthy; `since` is when it became so, in milliseconds since the epoch. */
  | { readonly action: 'replace'; readonly since: number; readonly session: string };

/** An error on its way to the terminal that asked. */
export interface ToldError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export type SessionAnswer = { readonly status?: AppStatus } | { readonly error: ToldError };

/**
 * Asks a session. Undefined when it has gone meanwhile; rejects with what it could not do.
 */
export async function askSession(
  { socket }: SessionRecord,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<{ readonly status?: AppStatus } | undefined> {
  const answer = (await askControl(socket, request, signal)) as SessionAnswer | undefined;
  if (answer === undefined || !('error' in answer)) return answer;
  const { code, message, hint } = answer.error;
  throw new CfstageError(code, message, hint === undefined ? {} : { hint });
}

export function isSessionRequest(value: unknown): value is SessionRequest {
  const action = (value as { action?: unknown } | null)?.action;
  return ['status', 'stop', 'restart', 'replace'].includes(action as string);
}

export function toldError(error: unknown): ToldError {
  if (!(error instanceof CfstageError)) return { code: 'INTERNAL', message: String(error) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
