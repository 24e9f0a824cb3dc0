import { CfstageError } from '../errors.ts';
import { goTypeName, goValue } from './go-value.ts';
import type { ManifestNode, MapEntry, Position, ScalarNode } from './manifest-node.ts';
import { isString } from './manifest-node.ts';
import { Weights } from './node-weight.ts';
import { locate } from './problems.ts';
import { findVariable } from './find-variable.ts';

/** Variables by name, as vars files and `--var` give them. */
export type Variables = ReadonlyMap<string, ManifestNode>;

/** Source: bosh-cli director/template/template.go. */
export const PLACEHOLDER = /\(\((!?[-/.\w\p{L}]+)\)\)/gu;
const ONE_PLACEHOLDER = new RegExp(`^${PLACEHOLDER.source}$`, 'u');

/** Characters that strings may grow by; a variable of 1 MB can be named 100,000 times. */
const MAX_GROWTH = 10_000_000;

/**
 * Puts the variables in the place of their `((name))`, in values and keys. A scalar that is one placeholder takes the
 * type and structure of its variable. Positions stay those of the manifest.
 * @throws CfstageError VARIABLES_INVALID
 */
export function interpolateVariables(root: ManifestNode, variables: Variables, file: string): ManifestNode {
  const interpolation = new Interpolation(variables, file);
  const result = interpolation.apply(root);
  interpolation.raiseMissing();
  interpolation.raiseExcess(result);
  return result;
}

class Interpolation {
  readonly #variables: Variables;
  readonly #file: string;
  readonly #done = new Map<ManifestNode, ManifestNode>();
  readonly #missing = new Map<string, Position>();
  readonly #weights = new Weights();
  #growth = 0;

  constructor(variables: Variables, file: string) {
    this.#variables = variables;
    this.#file = file;
  }

  apply(node: ManifestNode): ManifestNode {
    const known = this.#done.get(node);
    if (known !== undefined) return known;
    const result = this.#interpolate(node);
    this.#done.set(node, result);
    return result;
  }

  raiseMissing(): void {
    const [first] = this.#missing.values();
    if (first === undefined) return;
    const names = [...this.#missing.keys()].sort().join(', ');
    const hint = 'Give each of them with --var NAME=VALUE or in a file named by --vars-file.';
    throw this.#fault(first, `Expected to find variables: ${names}`, hint);
  }

  /** What grew may be shared by many aliases. */
  raiseExcess(result: ManifestNode): void {
    if (this.#weights.excessOf(result) !== undefined) throw this.#excess(result.at);
  }

  #interpolate(node: ManifestNode): ManifestNode {
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.apply(item)) };
    if (node.kind === 'map') {
      const entries = node.entries.map((entry): [string, MapEntry] => {
        const key = this.#key(entry.key);
        return [key.text, { key, value: this.apply(entry.value) }];
      });
      return { ...node, entries: [...new Map(entries).values()] };
    }
    return isString(node) ? this.#string(node) : node;
  }

  #key(key: ScalarNode): ScalarNode {
    const result = this.apply(key);
    if (result.kind === 'scalar') return result;
    throw this.#fault(key.at, `yaml: invalid map key: '${key.text}'`, 'Use a variable that holds a string.');
  }

  #string(node: ScalarNode): ManifestNode {
    const whole = ONE_PLACEHOLDER.exec(node.text)?.[1];
    if (whole !== undefined) {
      const value = this.#find(whole, node.at);
      return value === undefined ? node : this.#relocate(value, node.at);
    }
    const text = node.text.replace(PLACEHOLDER, (placeholder, name: string) => {
      const value = this.#find(name, node.at);
      return value === undefined ? placeholder : this.#inline(value, bare(name), node.at);
    });
    return { ...node, text };
  }

  #find(name: string, at: Position): ManifestNode | undefined {
    const found = findVariable(this.#variables, bare(name));
    if (found.value !== undefined) return found.value;
    if (found.fault !== undefined) throw this.#fault(at, found.fault, 'Look at the keys of the variable.');
    if (!this.#missing.has(found.missing)) this.#missing.set(found.missing, at);
    return undefined;
  }

  #inline(value: ManifestNode, name: string, at: Position): string {
    if (value.kind !== 'scalar' || (value.type !== 'string' && value.type !== 'int')) {
      const message = `Invalid type '${goTypeName(value)}' for value '${goValue(value)}' and variable '${name}'. Supported types for interpolation within a string are integers and strings.`;
      throw this.#fault(at, message, 'Quote the value of the variable, or let the placeholder stand alone.');
    }
    this.#grow(value, at);
    return value.text;
  }

  #relocate(value: ManifestNode, at: Position): ManifestNode {
    this.#grow(value, at);
    return relocated(value, at);
  }

  #grow(value: ManifestNode, at: Position): void {
    this.#growth += this.#weights.weigh(value);
    if (this.#growth > MAX_GROWTH) throw this.#excess(at);
  }

  #excess(at: Position): CfstageError {
    return this.#fault(at, 'The variables make the manifest too large.', 'Use smaller values.');
  }

  #fault(at: Position, message: string, hint: string): CfstageError {
    return new CfstageError('VARIABLES_INVALID', `${locate(this.#file, at)}: ${message}`, { hint });
  }
}

function bare(name: string): string {
  return name.replace(/^!/, '');
}

function relocated(node: ManifestNode, at: Position): ManifestNode {
  if (node.kind === 'scalar') return { ...node, at };
  if (node.kind === 'list') return { ...node, at, items: node.items.map((item) => relocated(item, at)) };
  const entries = node.entries.map(({ key, value }) => ({
    key: { ...key, at },
    value: relocated(value, at),
  }));
  return { ...node, at, entries };
}
