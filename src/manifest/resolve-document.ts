import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Document,
  type LineCounter,
  type Pair,
} from 'yaml';
import { GoScalar } from './go-scalar.ts';
import type { ManifestNode, MapEntry, MapNode, Position, ScalarNode } from './manifest-node.ts';
import { MAX_DEPTH, TOO_DEEP, TOO_LARGE, Weights } from './node-weight.ts';
import { locate, type Problems } from './problems.ts';

/** Entries that all merge keys of a file together may copy. */
const MAX_MERGED = 1_000_000;

/** Expands aliases and merge keys of a composed document; faults go to `problems`, remarks to `warnings`. */
export function resolveDocument(
  document: Document,
  lines: LineCounter,
  problems: Problems,
  warnings: string[],
): ManifestNode {
  return new Resolver(lines, problems, warnings).resolve(document.contents, 0, { line: 1, column: 1 });
}

class Resolver {
  readonly #lines: LineCounter;
  readonly #problems: Problems;
  readonly #warnings: string[];
  readonly #weights = new Weights();
  #merged = 0;
  /** The latest value of each anchor; undefined while it is being read. */
  readonly #anchors = new Map<string, ManifestNode | undefined>();

  constructor(lines: LineCounter, problems: Problems, warnings: string[]) {
    this.#lines = lines;
    this.#problems = problems;
    this.#warnings = warnings;
  }

  resolve(node: unknown, depth: number, fallback: Position): ManifestNode {
    const at = this.#position(node) ?? fallback;
    if (depth > MAX_DEPTH) return this.#fault(at, TOO_DEEP);
    if (isAlias(node)) return this.#alias(node.source, at);
    const anchor = isScalar(node) || isCollection(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const resolved = this.#content(node, depth, at);
    if (anchor !== undefined) this.#anchors.set(anchor, resolved);
    const excess = this.#weights.excessOf(resolved);
    return excess === undefined ? resolved : this.#fault(at, excess);
  }

  #content(node: unknown, depth: number, at: Position): ManifestNode {
    if (isScalar(node)) return scalar(node.value, at);
    if (isMap(node)) return this.#map(node.items, depth, at);
    if (isCollection(node)) {
      const items = node.items.map((item) =>
        isPair(item) ? this.#map([item], depth + 1, at) : this.resolve(item, depth + 1, at),
      );
      return { kind: 'list', items, at };
    }
    return scalar(null, at);
  }

  #alias(name: string, at: Position): ManifestNode {
    if (!this.#anchors.has(name)) return this.#fault(at, `yaml: unknown anchor '${name}' referenced`);
    return this.#anchors.get(name) ?? this.#fault(at, `yaml: anchor '${name}' value contains itself`);
  }

  #map(pairs: readonly Pair[], depth: number, at: Position): MapNode {
    const own = new Map<string, MapEntry>();
    const merged: MapEntry[] = [];
    for (const pair of pairs) {
      const key = this.resolve(pair.key, depth + 1, at);
      const value = this.resolve(pair.value, depth + 1, key.at);
      if (key.kind !== 'scalar') this.#fault(key.at, 'yaml: invalid map key');
      else if (isMergeKey(pair.key)) merged.push(...this.#mergeSources(value));
      else {
        if (own.has(key.text)) this.#warn(key.at, `key '${key.text}' is given twice; the last one counts`);
        own.set(key.text, { key, value });
      }
    }
    for (const entry of merged) if (!own.has(entry.key.text)) own.set(entry.key.text, entry);
    return { kind: 'map', entries: [...own.values()], at };
  }

  #mergeSources(source: ManifestNode): readonly MapEntry[] {
    this.#merged += source.kind === 'map' ? source.entries.length : this.#weights.weigh(source);
    if (this.#merged > MAX_MERGED) {
      this.#fault(source.at, TOO_LARGE);
      return [];
    }
    if (source.kind === 'map') return source.entries;
    const items = source.kind === 'list' ? source.items : [];
    if (source.kind === 'list' && items.every((item) => item.kind === 'map')) {
      return items.flatMap((item) => item.entries);
    }
    this.#fault(source.at, 'yaml: map merge requires map or sequence of maps as the value');
    return [];
  }

  #position(node: unknown): Position | undefined {
    const range = isScalar(node) || isCollection(node) || isAlias(node) ? node.range : undefined;
    return range ? positionOf(range[0], this.#lines) : undefined;
  }

  #fault(at: Position, message: string): ScalarNode {
    this.#problems.add(at, message);
    return scalar(null, at);
  }

  #warn(at: Position, message: string): void {
    this.#warnings.push(`${locate(this.#problems.file, at)}: ${message}`);
  }
}

/** Where an offset is; an empty document has no line of its own. */
export function positionOf(offset: number, lines: LineCounter): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function scalar(value: unknown, at: Position): ScalarNode {
  if (value instanceof GoScalar) return { kind: 'scalar', type: value.type, text: value.text, at };
  if (typeof value === 'string') return { kind: 'scalar', type: 'string', text: value, at };
  return { kind: 'scalar', type: 'null', text: '', at };
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}
