import type { EventBody } from '../logs/event.ts';
import type { PhaseTime, RedoTiming } from '../logs/redo-event.ts';

/** Takes the time of one redo, from the moment that its change was seen. */
export class RedoClock {
  /** On the clock of `performance.now()`. */
  readonly seenAt: number;
  readonly #phases: PhaseTime[] = [];

  constructor(seenAt: number) {
    this.seenAt = seenAt;
  }

  /** Notes the phases that run. */
  note(event: EventBody): void {
    if (event.type !== 'phase-ended') return;
    const { phase, buildpack, durationMs } = event;
    this.#phases.push({ phase, buildpack, durationMs });
  }

  /** The time until now; `startMs` is the app's own start. */
  timing(startMs: number): RedoTiming {
    const totalMs = performance.now() - this.seenAt;
    const scriptMs = this.#phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
    return {
      totalMs: Math.round(totalMs),
      phases: this.#phases,
      startMs: Math.round(startMs),
      overheadMs: Math.round(totalMs - scriptMs - startMs),
    };
  }
}
