import type { TrafficSource } from '../lifecycle/traffic-record.ts';

/** Something of ours that works for one container and goes with it. What a companion lacks it does not need to know. */
export interface Companion {
  /** The container has started. */
  readonly started?: () => Promise<void>;
  /** Port of the container → port on the engine's host where the companion serves it. */
  readonly ports?: () => Promise<ReadonlyMap<number, number>>;
  /** Who is at work in the container from here on. */
  readonly announce?: (source: TrafficSource | undefined) => Promise<void>;
  /** Whatever it tells about the container is told up to now. */
  readonly catchUp?: () => Promise<void>;
  /** The container is about to go, or has ended. */
  readonly finish?: () => Promise<void>;
  /** The container is gone. */
  readonly remove: () => Promise<void>;
}
