import { setTimeout as delay } from 'node:timers/promises';
import { CfstageError } from '../errors.ts';

const PAUSE_MS = 50;
export const FETCH_MS = 10_000;

/** As `fetch` takes it, and how long it is tried. */
export interface AppRequestInit extends RequestInit {
  /** Milliseconds until the answer must have begun, 10000 if absent. */
  readonly within?: number;
}

/** Requests that may be sent twice. */
const REPEATABLE = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

/**
 * `fetch`, and again while nobody answers, until the deadline. A request that must not be sent twice is tried again only
 * when it cannot have arrived. `url` is asked anew each time: a restarted app may be elsewhere.
 */
export async function fetchApp(
  url: () => string,
  path: string,
  { within = FETCH_MS, signal, ...init }: AppRequestInit = {},
): Promise<Response> {
  // Timers count from a moment rounded down, so they may end up to a millisecond early: who waits for the rest asks again.
  const deadline = AbortSignal.timeout(Math.ceil(within) + 1);
  const either = AbortSignal.any([deadline, ...(signal == null ? [] : [signal])]);
  let last: unknown;
  for (;;) {
    try {
      const base = url();
      if (base === '') throw new TypeError('no instance of web runs');
      return await fetch(new URL(path, `${base}/`), { ...init, signal: either });
    } catch (error) {
      signal?.throwIfAborted();
      if (!deadline.aborted) last = error;
      if (deadline.aborted || !mayRepeat(error, init.method)) throw noAnswer(path, within, last ?? error);
      // Woken by the deadline as well, which the next attempt then finds.
      await delay(PAUSE_MS, undefined, { signal: either }).catch(() => undefined);
    }
  }
}

function mayRepeat(error: unknown, method = 'GET'): boolean {
  // By its name: under jest the error may be of another realm.
  if ((error as { name?: unknown } | null)?.name !== 'TypeError') return false;
  return REPEATABLE.includes(method.toUpperCase()) || causeOf(error).includes('ECONNREFUSED');
}

function noAnswer(path: string, within: number, error: unknown): CfstageError {
  return new CfstageError('USAGE', `The app did not answer ${path} within ${within} ms: ${causeOf(error)}`, {
    hint: 'Its log says what it did meanwhile.',
    cause: error,
  });
}

function causeOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: unknown };
  const told = message ?? String(error);
  return cause === undefined ? told : `${told}: ${causeOf(cause)}`;
}
