import { nameOfSource, type TrafficRecord } from '../lifecycle/traffic-record.ts';
import { renderTable } from './render-table.ts';

const HEADER = ['by', 'protocol', 'host', 'address', 'answer'];

/** How often is not told. */
type Shown = Omit<TrafficRecord, 'attempts'>;

/** What the containers of an app have tried to reach, one line for each that reads differently. */
export function renderTraffic(app: string, records: readonly Shown[]): string {
  const rows = new Map(records.map(toRow).map((row) => [JSON.stringify(row), row]));
  return `Traffic of ${app}:\n${renderTable(HEADER, [...rows.values()])}`;
}

function toRow({ source, protocol, host, address, port, answer }: Shown): readonly string[] {
  // Where a request that goes through the proxy is sent, the proxy knows by the name alone.
  const place = port === undefined ? (address ?? '') : `${address ?? host}:${port}`;
  return [nameOfSource(source), protocol, host, place, answer];
}
