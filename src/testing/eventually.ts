/** How long something is waited for. */
export interface Waiting {
  /** Milliseconds, 10000 if absent. */
  readonly within?: number;
  readonly signal?: AbortSignal;
}

export const WAIT_MS = 10_000;

/**
 * Whether a condition holds in time. It is looked at now, at every call of what `subscribe` is given, and when the time is
 * over.
 */
export async function eventually(
  condition: () => boolean,
  subscribe: (listener: () => void) => () => void,
  { within = WAIT_MS, signal }: Waiting = {},
): Promise<boolean> {
  signal?.throwIfAborted();
  if (condition()) return true;
  return await new Promise<boolean>((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      unsubscribe();
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const abort = () => end(() => reject(signal?.reason as Error));
    const look = () => {
      if (condition()) end(() => resolve(true));
    };
    const timer = setTimeout(() => end(() => resolve(condition())), within);
    const unsubscribe = subscribe(look);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
