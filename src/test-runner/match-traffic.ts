import type { Traffic } from '../testing/deployment.ts';
import { placeOf } from '../testing/matchers/traffic-line.ts';
import type { Pattern } from './expectation-failure.ts';

/** How what was tried differs from what was expected. */
export interface TrafficDifference {
  readonly unexpected: readonly Traffic[];
  readonly missing: readonly Pattern[];
}

export function matchTraffic(records: readonly Traffic[], places: readonly Pattern[]): TrafficDifference {
  return {
    unexpected: records.filter((record) => !places.some((place) => isAt(record, place))),
    missing: places.filter((place) => !records.some((record) => isAt(record, place))),
  };
}

/** A name is looked up without a port, for whichever port it is then. */
function isAt(record: Traffic, place: Pattern): boolean {
  const { host, port } = record;
  if (typeof place !== 'string') return placeOf(record).search(place) >= 0;
  if (place === host || place === placeOf(record)) return true;
  return port === undefined && place.replace(/:\d+$/, '') === host;
}
