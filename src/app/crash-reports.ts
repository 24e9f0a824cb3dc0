import type { Downfall } from '../launcher/instance-end.ts';
import type { ReportedCrash, SupervisedInstance } from '../launcher/supervised-instance.ts';
import { crashLines } from '../lifecycle/crash-report.ts';
import type { InstanceRecord } from '../lifecycle/instance-state.ts';
import { API_SOURCE, STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
import type { Emit, EventBody } from '../logs/event.ts';
import type { Workbench } from './workbench.ts';

/** How many lines of each source are told when an app ends with a crash. */
const LAST_LINES = 20;

/** Tells of the crashes of an app, and remembers what its sources said last. */
export class CrashReports {
  readonly #app: AppFacts;
  readonly #workbench: Workbench;
  readonly #bySource = new Map<string, string[]>();
  /** Whether a crash is followed by another start. */
  restart: boolean;

  constructor(app: AppFacts, restart: boolean, workbench: Workbench) {
    this.#app = app;
    this.restart = restart;
    this.#workbench = workbench;
  }

  /** The same `emit`, overheard if its last lines will be asked for: when the first crash is the end. */
  overhear(emit: Emit): Emit {
    if (this.restart) return emit;
    return (event) => {
      if (event.type === 'log' && !this.restart) this.#note(event);
      return emit(event);
    };
  }

  /** What Cloud Controller logs of a crash, and the event. */
  report(crash: ReportedCrash, record: InstanceRecord, { slot }: SupervisedInstance): void {
    const { emit, cell } = this.#workbench;
    const { name: app } = this.#app;
    const { processType, index } = slot;
    const { instanceGuid, reason, exitCode } = crash;
    const lines = crashLines({
      app: this.#app,
      processType,
      instance: { guid: instanceGuid, index },
      cellId: cell.id,
      reason,
      crashCount: record.crashes,
      time: record.since,
    });
    for (const message of lines) void emit({ type: 'log', app, source: API_SOURCE, stream: 'OUT', message });
    const restartAt = this.restart ? record.restartAt : undefined;
    void emit({
      type: 'instance-crashed',
      app,
      processType,
      index,
      instanceGuid,
      reason,
      exitCode: exitCode ?? null,
      crashCount: record.crashes,
      restartsIn: restartAt === undefined ? null : Math.round((restartAt - record.since) / 1000),
    });
  }

  /** The end of an app that is not restarted. */
  async summarize({ source, reason, exitCode }: Downfall): Promise<void> {
    if (this.restart) return;
    const lastLines = [...this.#bySource].map(([from, lines]) => ({ source: from, lines }));
    const { name: app } = this.#app;
    await this.#workbench.emit({
      type: 'crash-summary',
      app,
      source,
      reason,
      exitCode: exitCode ?? null,
      lastLines,
    });
  }

  #note({ source, message }: Extract<EventBody, { type: 'log' }>): void {
    if (source === STAGING_SOURCE) return;
    const lines = this.#bySource.get(source) ?? [];
    lines.push(message);
    if (lines.length > LAST_LINES) lines.shift();
    this.#bySource.set(source, lines);
  }
}
