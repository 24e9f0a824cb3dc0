/** The limit of a process without one. Source: capi-release spec, `cc.default_app_log_rate_limit_in_bytes_per_second`. */
export const UNLIMITED_LOG_RATE = -1;

/** Source: executor depot/log_streamer/log_rate_limiter.go `LogRateLimitExceededLogInterval`, in milliseconds. */
const SILENCE_MS = 1000;

/** `exceeded`: dropped, and it is the one to tell of. */
export type LogVerdict = 'pass' | 'drop' | 'exceeded';

/**
 * How much a container may log: so many bytes a second, as many at once, and nothing for a second after more. All its
 * sources share one limiter. Source: executor depot/log_streamer/log_rate_limiter.go, golang.org/x/time/rate.
 */
export class LogRateLimiter {
  readonly #bytesPerSecond: number;
  /** Bytes that may be logged at `#last`. */
  #tokens: number;
  #last = -Infinity;
  #silentUntil = -Infinity;

  /** @param bytesPerSecond 0 lets nothing pass, silently; -1 everything. */
  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#tokens = bytesPerSecond;
  }

  /** @param bytes of the message, without its line end. @param now milliseconds of a clock that never goes back. */
  admit(bytes: number, now: number): LogVerdict {
    if (this.#bytesPerSecond === UNLIMITED_LOG_RATE) return 'pass';
    if (this.#bytesPerSecond === 0 || now < this.#silentUntil) return 'drop';
    const tokens = Math.min(
      this.#bytesPerSecond,
      this.#tokens + ((now - this.#last) / 1000) * this.#bytesPerSecond,
    );
    if (bytes > tokens) {
      this.#silentUntil = now + SILENCE_MS;
      return 'exceeded';
    }
    this.#tokens = tokens - bytes;
    this.#last = now;
    return 'pass';
  }

  /** What is said in place of the message that was too much. */
  get excess(): string {
    return `app instance exceeded log rate limit (${this.#bytesPerSecond} bytes/sec)`;
  }
}
