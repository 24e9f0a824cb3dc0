import { PLACEHOLDER } from '../manifest/interpolate-variables.ts';
import { isString, type ManifestNode, type ScalarNode } from '../manifest/manifest-node.ts';
import type { Problems } from '../manifest/problems.ts';
import { nearestKey } from '../manifest/nearest-key.ts';
import { serviceHost } from './service-host.ts';
import type { BackingService } from './service-instance.ts';

/** A few words can name a long variable many times. Cloud Controller takes 1,000,000 bytes of bindings. */
const MAX_CHARACTERS = 1_000_000;

/**
 * Puts `((host))`, `((port))` and `((env.NAME))` of a backing service into every string of its credentials; one that is
 * `((port))` as a whole becomes the number. Unknown variables are problems.
 */
export function fillCredentials(
  credentials: ManifestNode,
  instance: string,
  { port, env }: BackingService,
  problems: Problems,
): ManifestNode {
  const variables = new Map([
    ['host', serviceHost(instance)],
    ['port', String(port)],
    ...Object.entries(env).map(([name, value]) => [`env.${name}`, value] as const),
  ]);
  return new Filling(variables, problems).apply(credentials);
}

class Filling {
  readonly #variables: ReadonlyMap<string, string>;
  readonly #problems: Problems;
  #characters = 0;

  constructor(variables: ReadonlyMap<string, string>, problems: Problems) {
    this.#variables = variables;
    this.#problems = problems;
  }

  apply(node: ManifestNode): ManifestNode {
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.apply(item)) };
    if (node.kind === 'map') {
      const entries = node.entries.map(({ key, value }) => ({ key, value: this.apply(value) }));
      return { ...node, entries };
    }
    return isString(node) ? this.#fill(node) : node;
  }

  #fill(node: ScalarNode): ScalarNode {
    if (node.text === '((port))') return { ...node, type: 'int', text: this.#variables.get('port') ?? '' };
    const text = node.text.replaceAll(PLACEHOLDER, (written, name: string) =>
      this.#value(node, written, name),
    );
    return { ...node, text };
  }

  #value(node: ScalarNode, written: string, name: string): string {
    const value = this.#variables.get(name);
    if (value === undefined) {
      this.#problems.add(node.at, `unknown variable '${written}': ${this.#advice(name)}`);
      return written;
    }
    if (this.#characters <= MAX_CHARACTERS && this.#characters + value.length > MAX_CHARACTERS) {
      this.#problems.add(node.at, 'the variables make these credentials longer than 1000000 characters');
    }
    this.#characters += value.length;
    return this.#characters > MAX_CHARACTERS ? '' : value;
  }

  #advice(name: string): string {
    const known = [...this.#variables.keys()];
    const nearest = nearestKey(name, known);
    return nearest === undefined
      ? `known are ${known.map((variable) => `((${variable}))`).join(', ')}`
      : `did you mean '((${nearest}))'?`;
  }
}
