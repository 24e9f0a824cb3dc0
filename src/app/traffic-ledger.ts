import type { TrafficRecord } from '../lifecycle/traffic-record.ts';
import type { Emit } from '../logs/event.ts';

/** What the containers of an app have tried to reach: each is told once, and counted from then on. */
export class TrafficLedger {
  readonly #app: string;
  readonly #emit: Emit;
  readonly #records = new Map<string, TrafficRecord>();

  constructor(app: string, emit: Emit) {
    this.#app = app;
    this.#emit = emit;
  }

  async add(record: Omit<TrafficRecord, 'attempts'>): Promise<void> {
    const { source, protocol, host, address, port, answer, request } = record;
    const key = JSON.stringify([source, protocol, host, address, port, answer, request]);
    const before = this.#records.get(key);
    this.#records.set(key, { ...record, attempts: (before?.attempts ?? 0) + 1 });
    if (before === undefined) await this.#emit({ type: 'traffic', app: this.#app, record });
  }

  /** What is tried from here on is told again, and counted from nothing. */
  beginAnew(): void {
    this.#records.clear();
  }

  records(): readonly TrafficRecord[] {
    return [...this.#records.values()];
  }
}
