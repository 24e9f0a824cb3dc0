import { LogRateLimiter, UNLIMITED_LOG_RATE } from '../lifecycle/log-rate-limiter.ts';
import type { Emit } from './event.ts';

/**
 * Where everything goes that one container logs within its limit: a message beyond it is replaced by one that says so, or
 * dropped. The bytes are those of the message as UTF-8.
 *
 * @param bytesPerSecond -1 is unlimited, 0 lets nothing pass.
 * @param now milliseconds of a clock that never goes back.
 */
export function limitLogs(emit: Emit, bytesPerSecond: number, now = () => performance.now()): Emit {
  if (bytesPerSecond === UNLIMITED_LOG_RATE) return emit;
  const limiter = new LogRateLimiter(bytesPerSecond);
  return (event) => {
    if (event.type !== 'log') return emit(event);
    switch (limiter.admit(Buffer.byteLength(event.message), now())) {
      case 'pass':
        return emit(event);
      case 'exceeded':
        return emit({ ...event, stream: 'OUT', message: limiter.excess });
      case 'drop':
        return undefined;
    }
  };
}
