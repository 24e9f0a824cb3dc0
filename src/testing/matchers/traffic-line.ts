import { nameOfSource } from '../../lifecycle/traffic-record.ts';
import type { Traffic } from '../deployment.ts';

/** A try as one line for people: how, where to, what came of it, and whose it was. */
export function trafficLine(record: Traffic): string {
  const { source, protocol, answer, request } = record;
  const what = request === undefined ? placeOf(record) : `${request} (${placeOf(record)})`;
  return `${protocol} ${what}, ${answer}, by ${nameOfSource(source)}`;
}

/** `HOST:PORT`, or `HOST` where a name alone was asked for. */
export function placeOf({ host, port }: Pick<Traffic, 'host' | 'port'>): string {
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
