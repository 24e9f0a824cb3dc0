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
  const changed = [...wanted].filter(([path, version]) => sent.get(path) !== version);
  // Sending replaces a file, and gives a directory that stays its mode.
  const stays = (path: string) => (sent.get(path) ?? DIRECTORY)[0] === wanted.get(path)?.[0];
  const implied = impliedDirectories(wanted.keys());
  const remove = [
    ...changed.map(([path]) => path).filter((path) => sent.has(path) && !stays(path)),
    ...[...sent.keys()].filter((path) => !wanted.has(path)),
    ...[...impliedDirectories(sent.keys())].filter((path) => !implied.has(path) && !stays(path)),
  ];
  const send = new Set(changed.map(([path]) => path));
  // A file that is sent needs its directory with the mode that is wanted, which would be made anew otherwise.
  for (const path of impliedDirectories(send)) if (wanted.has(path)) send.add(path);
  return { remove: topmost(remove), send };
}

const DIRECTORY = 'd ';

function impliedDirectories(paths: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const path of paths)
    for (let parent = above(path); parent !== '' && !all.has(parent); parent = above(parent)) all.add(parent);
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
