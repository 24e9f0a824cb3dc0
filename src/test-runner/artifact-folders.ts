import { join } from 'node:path';
import type { Scenario } from '../spec/spec.ts';

/** A name that can be one of a file and of an app: `Serves (ruby 3.1)` → `serves-ruby-3-1`. */
export function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'scenario' : plain;
}

/** A folder of its own for each scenario, the same every time. */
export function artifactFolders<S extends Scenario>(
  root: string | undefined,
  scenarios: readonly S[],
): ReadonlyMap<S, string> {
  const folders = new Map<S, string>();
  if (root === undefined) return folders;
  const used = new Map<string, number>();
  for (const scenario of scenarios) {
    const name = slug(scenario.name);
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    folders.set(scenario, join(root, count === 1 ? name : `${name}-${count}`));
  }
  return folders;
}
