import type { Sink } from '../logs/emitter.ts';
import type { Event } from '../logs/event.ts';
import type { TrafficSource } from '../lifecycle/traffic-record.ts';
import { renderTable } from './table.ts';

const HEADER = ['by', 'protocol', 'host', 'address', 'answer'];

interface TableFlags {
  readonly traffic?: boolean | undefined;
  readonly json: boolean;
  readonly background: boolean;
}

/** What has been tried, as a table for the end of a command that is asked for it. */
export class TrafficTable implements Sink {
  readonly #isWanted: boolean;
  readonly #rows = new Map<string, (readonly string[])[]>();

  constructor({ traffic = false, json, background }: TableFlags) {
    this.#isWanted = traffic && !json && !background;
  }

  write(event: Event): undefined {
    if (event.type !== 'traffic') return;
    const { source, protocol, host, address = '', port, answer } = event.record;
    const place = port === undefined ? address : `${address}:${port}`;
    const rows = this.#rows.get(event.app) ?? [];
    rows.push([nameOf(source), protocol, host, place, answer]);
    this.#rows.set(event.app, rows);
  }

  render(): string {
    if (!this.#isWanted) return '';
    if (this.#rows.size === 0) return '\nNothing was tried to reach.\n';
    return [...this.#rows]
      .map(([app, rows]) => `\nTraffic of ${app}:\n${renderTable(HEADER, rows)}\n`)
      .join('');
  }
}

function nameOf(source: TrafficSource): string {
  switch (source.kind) {
    case 'staging':
      return `bin/${source.phase} of ${source.buildpack}`;
    case 'app':
      return `${source.process}/${source.index}`;
    case 'task':
      return `task ${source.task}`;
  }
}
