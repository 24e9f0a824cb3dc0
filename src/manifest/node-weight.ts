import type { ManifestNode } from './manifest-node.ts';

/** Characters and values that one YAML file may come to once its aliases and variables are expanded. */
const MAX_WEIGHT = 10_000_000;

/** Deeper than any manifest, shallow enough for every recursion over it. yaml.v2 stops at 10,000. */
export const MAX_DEPTH = 500;

export const TOO_DEEP = 'yaml: exceeded max depth';
export const TOO_LARGE = 'yaml: document contains excessive aliasing';

interface Measure {
  readonly weight: number;
  readonly depth: number;
}

/** Measures expanded values without expanding them: shared parts are measured once and counted every time. */
export class Weights {
  readonly #known = new Map<ManifestNode, Measure>();

  /** What is wrong with the size of a value; undefined when nothing is. */
  excessOf(node: ManifestNode): string | undefined {
    const { weight, depth } = this.#measure(node);
    if (depth > MAX_DEPTH) return TOO_DEEP;
    return weight > MAX_WEIGHT ? TOO_LARGE : undefined;
  }

  weigh(node: ManifestNode): number {
    return this.#measure(node).weight;
  }

  #measure(node: ManifestNode): Measure {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const parts = partsOf(node).map((part) => this.#measure(part));
    const own = node.kind === 'scalar' ? node.text.length : 0;
    const measure = {
      weight: parts.reduce((sum, { weight }) => sum + weight, 1 + own),
      depth: parts.reduce((deepest, { depth }) => Math.max(deepest, depth + 1), 0),
    };
    this.#known.set(node, measure);
    return measure;
  }
}

function partsOf(node: ManifestNode): readonly ManifestNode[] {
  if (node.kind === 'scalar') return [];
  return node.kind === 'list' ? node.items : node.entries.flatMap(({ key, value }) => [key, value]);
}
