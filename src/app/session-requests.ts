import { CfstageError, type ErrorCode } from '../errors.ts';
import { askControl } from '../host/control-socket.ts';
import type { SessionRecord } from '../host/session-directory.ts';
import type { AppStatus } from './app-status.ts';
import type { StagingView } from './staging-view.ts';

/** What one terminal may ask of the session that runs an app. */
export type SessionRequest =
  | { readonly action: 'status' | 'stop' | 'restart' }
  /** How the last staging of a watched app went; `changes`: and what it changed. */
  | { readonly action: 'staging'; readonly changes?: boolean }
  /** A newer run of the app is healthy; `since` is when it became so, in milliseconds since the epoch. */
  | { readonly action: 'replace'; readonly since: number; readonly session: string };

/** An error on its way to the terminal that asked. */
export interface ToldError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export interface SessionReply {
  readonly status?: AppStatus;
  readonly staging?: StagingView;
}

export type SessionAnswer = SessionReply | { readonly error: ToldError };

/**
 * Asks a session. Undefined when it has gone meanwhile; rejects with what it could not do.
 */
export async function askSession(
  { socket }: SessionRecord,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<SessionReply | undefined> {
  const answer = (await askControl(socket, request, signal)) as SessionAnswer | undefined;
  if (answer === undefined || !('error' in answer)) return answer;
  const { code, message, hint } = answer.error;
  throw new CfstageError(code, message, hint === undefined ? {} : { hint });
}

export function isSessionRequest(value: unknown): value is SessionRequest {
  const action = (value as { action?: unknown } | null)?.action;
  return ['status', 'stop', 'restart', 'replace', 'staging'].includes(action as string);
}

export function toldError(error: unknown): ToldError {
  if (!(error instanceof CfstageError)) return { code: 'INTERNAL', message: String(error) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
