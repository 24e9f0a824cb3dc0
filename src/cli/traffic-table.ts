import type { Sink } from '../logs/emitter.ts';
import type { Event } from '../logs/event.ts';
import type { TrafficRecord } from '../lifecycle/traffic-record.ts';
import { renderTraffic } from '../logs/render-traffic.ts';

interface TableFlags {
  readonly traffic?: boolean | undefined;
  readonly json: boolean;
  readonly background: boolean;
}

/** What has been tried, as a table for the end of a command that is asked for it. */
export class TrafficTable implements Sink {
  readonly #isWanted: boolean;
  readonly #records = new Map<string, Omit<TrafficRecord, 'attempts'>[]>();

  constructor({ traffic = false, json, background }: TableFlags) {
    this.#isWanted = traffic && !json && !background;
  }

  write(event: Event): undefined {
    if (event.type !== 'traffic') return;
    const records = this.#records.get(event.app) ?? [];
    records.push(event.record);
    this.#records.set(event.app, records);
  }

  render(): string {
    if (!this.#isWanted) return '';
    if (this.#records.size === 0) return '\nNothing was tried to reach.\n';
    return [...this.#records].map(([app, records]) => `\n${renderTraffic(app, records)}\n`).join('');
  }
}
