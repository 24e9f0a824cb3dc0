import { CfstageError } from '../errors.ts';
import { RECORD_BYTES, SNAPSHOT_DIR } from '../lifecycle/rewind-script.ts';
import type { StepIndex } from '../plan/staging-trace.ts';
import type { ListedNode, RawPath } from '../snapshot/listing.ts';
import { planRewind } from '../snapshot/plan-rewind.ts';
import { isCopy, type Token, type TreeState } from '../snapshot/tree-state.ts';
import type { LiveTree } from './live-tree.ts';

interface Layer {
  readonly tokens: ReadonlySet<Token>;
  readonly bytes: number;
}

/** What is known of the layers, as JSON can hold it. */
export interface KeptLayers {
  readonly layers: readonly (readonly [layer: number, bytes: number, tokens: readonly Token[]])[];
  readonly layerOf: readonly (readonly [Token, number])[];
  readonly lastLayer: number;
}

/** Layers may hold this much more than what is needed of them, beyond twice that, before they are made anew. */
const SLACK_BYTES = 64 * 1024 * 1024;
const MAX_LAYERS = 100;
/** What a member of a layer takes besides its content. */
const MEMBER_BYTES = 1536;

/**
 * The states of a staging container before its steps, kept in the container: each layer is an archive of what was new when
 * it was made. Going back changes only what differs.
 */
export class Snapshots {
  readonly tree: LiveTree;
  readonly #states = new Map<StepIndex, TreeState>();
  readonly #layers = new Map<number, Layer>();
  readonly #layerOf = new Map<Token, number>();
  #lastLayer = 0;

  constructor(tree: LiveTree) {
    this.tree = tree;
  }

  /** The states of a container that was left with its layers in it. */
  static of(
    tree: LiveTree,
    states: ReadonlyMap<StepIndex, TreeState>,
    { layers, layerOf, lastLayer }: KeptLayers,
  ): Snapshots {
    const made = new Snapshots(tree);
    for (const [point, state] of states) made.#states.set(point, state);
    for (const [layer, bytes, tokens] of layers) made.#layers.set(layer, { bytes, tokens: new Set(tokens) });
    for (const [token, layer] of layerOf) made.#layerOf.set(token, layer);
    made.#lastLayer = lastLayer;
    return made;
  }

  get states(): ReadonlyMap<StepIndex, TreeState> {
    return this.#states;
  }

  get layers(): KeptLayers {
    return {
      layers: [...this.#layers].map(([layer, { bytes, tokens }]) => [layer, bytes, [...tokens]]),
      layerOf: [...this.#layerOf],
      lastLayer: this.#lastLayer,
    };
  }

  /** The files that the layers are in, with what tells one version of each from the next. */
  async archives(): Promise<readonly (readonly [RawPath, string])[]> {
    const paths = [...this.#layers.keys()].map((layer) => `${SNAPSHOT_DIR}/${layer}.tar`);
    const listed = await this.tree.agent.nodes(paths);
    return [...listed].map(([path, { identity }]) => [path, identity]);
  }

  /** Steps whose state is kept, in order. */
  get points(): readonly StepIndex[] {
    return [...this.#states.keys()].sort((a, b) => a - b);
  }

  /** What the layers take of the container's disk. */
  get bytes(): number {
    return [...this.#layers.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The layer that holds a path as it was before a step; undefined when that is not kept. */
  layerAt(point: StepIndex, path: RawPath): number | undefined {
    return this.#layerOf.get(this.#states.get(point)?.get(path)?.token ?? -1);
  }

  /** Keeps the state that was looked at last as the one before a step. */
  async keep(point: StepIndex): Promise<void> {
    const { state } = this.tree;
    this.#states.delete(point);
    if (this.#states.size === 0 && this.#isWasteful(state)) this.#layerOf.clear();
    const fresh = [...state].filter(([, { token }]) => !this.#layerOf.has(token));
    if (fresh.length > 0) {
      const layer = ++this.#lastLayer;
      const paths = fresh.map(([path]) => path).sort();
      await this.tree.agent.pack(layer, paths);
      const tokens = new Set(fresh.map(([, { token }]) => token));
      const content = fresh.reduce((sum, [, { size }]) => sum + size + MEMBER_BYTES, 0);
      this.#layers.set(layer, { tokens, bytes: Math.ceil(content / RECORD_BYTES) * RECORD_BYTES });
      for (const token of tokens) this.#layerOf.set(token, layer);
    }
    this.#states.set(point, state);
    this.#dropUnused();
  }

  /** Forgets the states before later steps than this one. */
  forgetAfter(point: StepIndex): void {
    for (const later of this.points) if (later > point) this.#states.delete(later);
    this.#dropUnused();
  }

  /** Brings the container back to a state that is kept. Raises INTERNAL when it is not the same then. */
  async rewind(point: StepIndex): Promise<void> {
    const goal = this.#states.get(point);
    if (goal === undefined) throw new CfstageError('INTERNAL', `There is no state before step ${point}`);
    const { remove, restore } = planRewind(this.tree.state, goal);
    await this.tree.agent.away(remove);
    await this.#unpack(goal, restore);
    await this.#confirm(goal, restore);
  }

  async #confirm(goal: TreeState, restored: readonly RawPath[]): Promise<void> {
    const listed =
      restored.length === 0 ? new Map<RawPath, ListedNode>() : await this.tree.agent.nodes(restored);
    const identities = new Map<RawPath, string>();
    for (const path of goal.keys()) {
      const identity = this.tree.identities.get(path);
      if (identity !== undefined) identities.set(path, identity);
    }
    for (const path of restored) {
      const node = goal.get(path);
      const found = listed.get(path);
      if (node === undefined) continue;
      if (found === undefined || !isCopy(node, found)) throw notTheSame(path);
      identities.set(path, found.identity);
    }
    this.tree.replace({ nodes: goal, identities });
  }

  async #unpack(goal: TreeState, paths: readonly RawPath[]): Promise<void> {
    const layers = new Map<number, RawPath[]>();
    for (const path of paths) {
      const layer = this.#layerOf.get(goal.get(path)?.token ?? -1);
      if (layer === undefined) throw notTheSame(path);
      const members = layers.get(layer);
      if (members === undefined) layers.set(layer, [path]);
      else members.push(path);
    }
    for (const [layer, members] of layers) {
      const whole = members.length === this.#layers.get(layer)?.tokens.size;
      await this.tree.agent.unpack(layer, whole ? 'all' : members);
    }
    const onlyDirectories = paths.every((path) => this.#staysDirectory(path, goal));
    if (layers.size < 2 || onlyDirectories) return;
    // What came from a later layer has changed the times of directories that were there already.
    for (const [layer, members] of layers) {
      const directories = members.filter((path) => goal.get(path)?.type === 'directory');
      if (directories.length > 0) await this.tree.agent.unpack(layer, directories);
    }
  }

  #staysDirectory(path: RawPath, goal: TreeState): boolean {
    return goal.get(path)?.type === 'directory' && this.tree.state.get(path)?.type === 'directory';
  }

  #isWasteful(state: TreeState): boolean {
    let needed = 0;
    for (const { size } of state.values()) needed += size + MEMBER_BYTES;
    return this.#layers.size > MAX_LAYERS || this.bytes > 2 * needed + SLACK_BYTES;
  }

  #dropUnused(): void {
    const used = new Set<number | undefined>();
    for (const state of this.#states.values())
      for (const { token } of state.values()) used.add(this.#layerOf.get(token));
    const unused = [...this.#layers.keys()].filter((layer) => !used.has(layer));
    for (const layer of unused) {
      for (const token of this.#layers.get(layer)?.tokens ?? [])
        if (this.#layerOf.get(token) === layer) this.#layerOf.delete(token);
      this.#layers.delete(layer);
    }
    this.tree.agent.drop(unused);
  }
}

function notTheSame(path: RawPath): CfstageError {
  return new CfstageError('INTERNAL', `The staging container could not be brought back: ${path}`);
}
