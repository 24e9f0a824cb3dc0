import type { ScalarTag } from 'yaml';
import { GoScalar } from '../manifest/go-scalar.ts';
import type { ManifestNode } from '../manifest/manifest-node.ts';
import type { YamlDialect } from '../manifest/parse-yaml.ts';

/**
 * YAML 1.2, which editors read a spec as: `no` and `on` are texts. A number that a program would write otherwise
 * (`3.10`, `007`) is a text as well, because it is a version and not a number.
 */
export const SPEC_YAML: YamlDialect = {
  version: '1.2',
  scalars: [
    tag('null', /^(?:~|null|Null|NULL)?$/, () => new GoScalar('null', '')),
    tag('bool', /^(?:true|True|TRUE|false|False|FALSE)$/, (text) => new GoScalar('bool', text.toLowerCase())),
    tag('float', /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/, (text) =>
      String(Number(text)) === text ? new GoScalar(text.includes('.') ? 'float' : 'int', text) : text,
    ),
  ],
  hint: 'Mend the YAML at the place named.',
};

function tag(name: string, test: RegExp, resolve: (text: string) => GoScalar | string): ScalarTag {
  return { tag: `tag:yaml.org,2002:${name}`, default: true, test, resolve };
}

/** The node at a path of keys and indexes, or the deepest one that there is on the way. */
export function nodeAt(root: ManifestNode, path: readonly PropertyKey[]): ManifestNode {
  let node = root;
  for (const part of path) {
    const next: ManifestNode | undefined =
      node.kind === 'list'
        ? node.items[Number(part)]
        : node.kind === 'map'
          ? node.entries.find(({ key }) => key.text === part)?.value
          : undefined;
    if (next === undefined) return node;
    node = next;
  }
  return node;
}
