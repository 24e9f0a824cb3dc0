import type { TrafficRecord } from '../lifecycle/traffic-record.ts';

/** Where it is written down what the containers of one app try to reach. */
export interface TrafficLog {
  /** One try more. */
  add(record: Omit<TrafficRecord, 'attempts'>): void;
  /** Somebody could not watch to the end: something may be missing. */
  tellGap(): void;
}
