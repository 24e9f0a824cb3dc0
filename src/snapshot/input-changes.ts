/** What has to be done to a tree in a container so that it holds the wanted entries. */
export interface InputChanges {
  /** Below the tree; none is inside another. */
  readonly remove: readonly string[];
  readonly send: ReadonlySet<string>;
}

type Versions = ReadonlyMap<string, string>;

/**
 * Compares the entries that were sent with those that are wanted, by their fingerprints. Directories may be among the
 * entries; those that are only implied go when nothing is left in them.
 */
export function inputChanges(sent: Versions, wanted: Versions): InputChanges {
  const remove: string[] = [];
  const send = new Set<string>();
  for (const [path, version] of wanted) {
    const before = sent.get(path);
    if (before === version) continue;
    send.add(path);
    if (before !== undefined && !(isDirectory(before) && isDirectory(version))) remove.push(path);
  }
  for (const path of sent.keys()) if (!wanted.has(path)) remove.push(path);
  // A file that is sent needs its directory with the mode that is wanted, which would be made anew otherwise.
  for (const path of [...send])
    for (let parent = above(path); parent !== ''; parent = above(parent))
      if (wanted.has(parent)) send.add(parent);
  const stays = withParents(wanted.keys());
  for (const parent of withParents(sent.keys())) if (!stays.has(parent)) remove.push(parent);
  return { remove: topmost(remove), send };
}

function isDirectory(version: string): boolean {
  return version.startsWith('d ');
}

function withParents(paths: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const path of paths)
    for (let part = path; part !== '' && !all.has(part); part = above(part)) all.add(part);
  return all;
}

/** Those of the paths that are in none of the others. */
export function topmost(paths: Iterable<string>): string[] {
  const all = new Set(paths);
  return [...all].filter((path) => {
    for (let parent = above(path); parent !== ''; parent = above(parent)) if (all.has(parent)) return false;
    return true;
  });
}

/** The directory of a path; '' for the outermost. */
export function above(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
