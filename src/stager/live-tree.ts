import type { RawPath } from '../snapshot/listing.ts';
import { advance, NOTHING, type LiveState, type TreeState } from '../snapshot/tree-state.ts';
import type { Inventory, RewindAgent } from './rewind-agent.ts';

/** What a look at the container has shown. */
export interface Look extends Omit<Inventory, 'nodes'> {
  readonly before: TreeState;
  readonly after: TreeState;
}

/** What vcap can change in a container, as it was when it was looked at last. */
export class LiveTree {
  readonly agent: RewindAgent;
  #live: LiveState;
  #tokens: number;

  /** @param live what is known of the container, with `tokens` as the last token that was given. */
  constructor(agent: RewindAgent, live: LiveState = NOTHING, tokens = 0) {
    this.agent = agent;
    this.#live = live;
    this.#tokens = tokens;
  }

  /** The last token that was given. */
  get tokens(): number {
    return this.#tokens;
  }

  get state(): TreeState {
    return this.#live.nodes;
  }

  get identities(): LiveState['identities'] {
    return this.#live.identities;
  }

  /** @param known the path under which a node was known before, where it was moved as a whole. */
  async look(known: (path: RawPath) => RawPath = (path) => path): Promise<Look> {
    const { nodes, ...rest } = await this.agent.list();
    const before = this.#live.nodes;
    const listing = new Map([...nodes].map(([path, node]) => [known(path), node]));
    this.#live = advance(this.#live, listing, () => ++this.#tokens);
    return { ...rest, before, after: this.#live.nodes };
  }

  /** Tells what the container holds now. */
  replace(live: LiveState): void {
    this.#live = live;
  }
}
