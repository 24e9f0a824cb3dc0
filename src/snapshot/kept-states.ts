import type { RawPath } from './listing.ts';
import type { StateNode, Token, TreeState } from './tree-state.ts';

/** States as JSON can hold them: each version of a node once. */
export interface KeptStates {
  readonly nodes: readonly (readonly [path: RawPath, node: StateNode])[];
  readonly states: readonly (readonly [key: number, tokens: readonly Token[]])[];
}

export function keepStates(states: Iterable<readonly [number, TreeState]>): KeptStates {
  const nodes = new Map<Token, readonly [RawPath, StateNode]>();
  const kept: [number, readonly Token[]][] = [];
  for (const [key, state] of states) {
    kept.push([key, [...state.values()].map(({ token }) => token)]);
    for (const [path, node] of state) nodes.set(node.token, [path, node]);
  }
  return { nodes: [...nodes.values()], states: kept };
}

export function restoreStates({ nodes, states }: KeptStates): Map<number, TreeState> {
  const known = new Map(nodes.map((entry) => [entry[1].token, entry]));
  return new Map(
    states.map(([key, tokens]) => [
      key,
      new Map(
        tokens.flatMap((token) => {
          const entry = known.get(token);
          return entry === undefined ? [] : [entry];
        }),
      ),
    ]),
  );
}
