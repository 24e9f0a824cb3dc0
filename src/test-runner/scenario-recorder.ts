import type { Traffic } from '../testing/deployment.ts';
import type { Sink } from '../logs/emitter.ts';
import type { Event } from '../logs/event.ts';
import { CappedLog } from '../report/capped-log.ts';
import type { FileChange, KeptLog, PhaseRun } from '../report/test-run.ts';

/** Of one script. */
const MAX_FILES = 500;

/** Hears what happens to the app of a scenario, for its report. Keeps a bounded amount of logs and files, however much there is. */
export class ScenarioRecorder implements Sink {
  readonly #startedAt: number;
  readonly #log = new CappedLog();
  readonly #phases: PhaseRun[] = [];
  readonly #traffic: Traffic[] = [];
  /** When the script that runs now was started. */
  #phaseAt = 0;
  /** Of the newest staging; undefined while it goes on. */
  #staged: boolean | undefined;
  #result: unknown;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  write(event: Event): undefined {
    switch (event.type) {
      case 'log':
        this.#log.add({
          time: event.time,
          source: event.source,
          stream: event.stream,
          message: event.message,
        });
        break;
      case 'phase-started':
        this.#phaseAt = event.time;
        this.#staged = undefined;
        break;
      case 'phase-ended': {
        const { phase: name, buildpack, exitCode, durationMs } = event;
        const startMs = this.#phaseAt - this.#startedAt;
        this.#phases.push({ name, buildpack, exitCode, startMs, durationMs, files: [], moreFiles: 0 });
        break;
      }
      case 'phase-recorded':
        this.#addFiles(
          event.record.changes
            .filter(({ before, after }) => (after ?? before)?.type !== 'directory')
            .map(({ tree, path, change }) => ({ path: treePath(tree, path), change })),
        );
        break;
      case 'traffic':
        this.#traffic.push(event.record);
        break;
      case 'staged':
        this.#result = event.result;
        this.#staged = isGood(event.result);
        break;
      default:
    }
    return undefined;
  }

  get log(): KeptLog {
    return this.#log.kept;
  }

  get phases(): readonly PhaseRun[] {
    return this.#phases;
  }

  /** What was tried to reach so far, in any staging and run. */
  get traffic(): readonly Traffic[] {
    return this.#traffic;
  }

  /** Whether the newest staging has not come to a droplet. */
  get isUnstaged(): boolean {
    return this.#staged !== true;
  }

  /** result.json of the newest staging, if it came to that. */
  get result(): unknown {
    return this.#result;
  }

  #addFiles(changes: readonly FileChange[]): void {
    const last = this.#phases.pop();
    if (last === undefined) return;
    const files = changes.slice(0, MAX_FILES);
    this.#phases.push({ ...last, files, moreFiles: changes.length - files.length });
  }
}

function treePath(tree: string, path: string): string {
  return tree === 'elsewhere' ? path : `${tree}/${path}`;
}

function isGood(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return false;
  return 'process_types' in result && result.process_types !== null;
}
