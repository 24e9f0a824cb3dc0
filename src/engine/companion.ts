/** What runs in a container, as far as those want to know who watch it. */
export interface Activity {
  readonly phase: string;
  readonly buildpack: string;
}

/** Something of ours that works for one container and goes with it. What a companion lacks it does not need to know. */
export interface Companion {
  /** The container has started. */
  readonly started?: () => Promise<void>;
  /** Port of the container → port on the engine's host where the companion serves it. */
  readonly ports?: () => Promise<ReadonlyMap<number, number>>;
  readonly announce?: (activity: Activity | undefined) => Promise<void>;
  /** The container is about to go. */
  readonly finish?: () => Promise<void>;
  /** The container is gone. */
  readonly remove: () => Promise<void>;
}
