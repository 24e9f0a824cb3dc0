import { BUILDPACKS_DIR } from '../lifecycle/container-paths.ts';
import type { ListedNode, RawPath } from '../snapshot/listing.ts';
import { advance, NOTHING, type LiveState, type TreeState } from '../snapshot/tree-state.ts';
import type { Inventory, Listing, RewindAgent } from './rewind-agent.ts';

/** What a look at the container has shown. */
export interface Look extends Pick<Inventory, 'processes' | 'killed'> {
  readonly before: TreeState;
  readonly after: TreeState;
  /** The buildpacks as well, which are no part of a state: vcap cannot change them. */
  readonly listing: Listing;
}

/** What vcap can change in a container, as it was when it was looked at last. */
export class LiveTree {
  readonly agent: RewindAgent;
  #live: LiveState = NOTHING;
  #tokens = 0;

  constructor(agent: RewindAgent) {
    this.agent = agent;
  }

  get state(): TreeState {
    return this.#live.nodes;
  }

  get identities(): LiveState['identities'] {
    return this.#live.identities;
  }

  /** @param known the path under which a node was known before, where it was moved as a whole. */
  async look(known: (path: RawPath) => RawPath = (path) => path): Promise<Look> {
    const { nodes, processes, killed } = await this.agent.list();
    const before = this.#live.nodes;
    const below = `${BUILDPACKS_DIR}/`;
    const state = new Map<RawPath, ListedNode>();
    for (const [path, node] of nodes)
      if (path !== BUILDPACKS_DIR && !path.startsWith(below)) state.set(known(path), node);
    this.#live = advance(this.#live, state, () => ++this.#tokens);
    return { before, after: this.#live.nodes, listing: nodes, processes, killed };
  }

  /** Tells what the container holds now. */
  replace(live: LiveState): void {
    this.#live = live;
  }
}
