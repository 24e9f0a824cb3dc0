import type { CacheUse } from '../lifecycle/cache-use.ts';
import { STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import type { EventLog, OtherEvent } from './event-log.ts';
import { LogView } from './log-view.ts';
import { failedPhase, phaseReports, type PhaseReport } from './phase-report.ts';

/** What one staging said and did; live while it goes on. */
export class StagingReport {
  /** Its log alone, of the buildpacks and of the platform. */
  readonly logs: LogView;
  readonly #log: EventLog;
  readonly #firstEvent: number;
  #lastEvent = Infinity;
  #end = Infinity;

  /** Begins a report: what happens from now on belongs to it. */
  constructor(log: EventLog) {
    this.#log = log;
    this.#firstEvent = log.events.length;
    this.logs = new LogView(
      log.source(log.position, () => this.#end),
      ({ source }) => source === STAGING_SOURCE,
    );
  }

  /** Ends it: another staging begins. */
  close(): void {
    this.#end = this.#log.position;
    this.#lastEvent = this.#log.events.length;
  }

  /** The scripts of the buildpacks, in order. */
  get phases(): readonly PhaseReport[] {
    return phaseReports(this.events);
  }

  /** Milliseconds from the creation of the container to the end of the build; undefined when it never came to that. */
  get durationMs(): number | undefined {
    return this.events.find((event) => event.type === 'staged')?.durationMs;
  }

  /** The script whose failure ended the staging, if it was one. */
  get failedPhase(): PhaseReport | undefined {
    return failedPhase(this.phases);
  }

  /** What became of the files of the build cache; undefined when there was none, as in a first staging. */
  get cacheUse(): CacheUse | undefined {
    return this.events.find((event) => event.type === 'cache-used')?.use;
  }

  /** What test runners show of it; they would follow every getter. */
  toJSON(): unknown {
    return { phases: this.phases, durationMs: this.durationMs };
  }

  get events(): readonly OtherEvent[] {
    return this.#log.events.slice(this.#firstEvent, this.#lastEvent);
  }
}
