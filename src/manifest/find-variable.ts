import { goTypeName } from './go-value.ts';
import { lookUp, type ManifestNode } from './manifest-node.ts';

export type FoundVariable =
  | { readonly value: ManifestNode; readonly fault?: never }
  | { readonly missing: string; readonly value?: never; readonly fault?: never }
  | { readonly fault: string; readonly value?: never };

/** Looks a name up; `a.b` walks from the variable `a` into its map. Source: bosh-cli template.go `varsLookup`. */
export function findVariable(variables: ReadonlyMap<string, ManifestNode>, name: string): FoundVariable {
  const [root = '', ...keys] = name.split('.');
  let value = variables.get(root);
  if (value === undefined) return { missing: root };
  for (const [depth, key] of keys.entries()) {
    const path = `/${keys.slice(0, depth + 1).join('/')}`;
    if (value.kind !== 'map') {
      return {
        fault: `Finding variable '${name}': Expected to find a map at path '${path}' but found '${goTypeName(value)}'`,
      };
    }
    const next = lookUp(value, key);
    if (next === undefined) {
      const known = value.entries.map((entry) => `'${entry.key.text}'`).sort();
      const others = known.length === 0 ? 'no other map keys' : `found map keys: ${known.join(', ')}`;
      return {
        fault: `Finding variable '${name}': Expected to find a map key '${key}' for path '${path}' (${others})`,
      };
    }
    value = next;
  }
  return { value };
}
