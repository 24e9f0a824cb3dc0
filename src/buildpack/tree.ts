/** A file of a buildpack: path relative to its top, permission bits, and for a file the first bytes as text. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: number;
  readonly type: 'file' | 'directory' | 'symlink';
  /** At least the first line; absent when unknown. */
  readonly head?: string;
  /** What a symlink points to; absent when unknown, and then taken to exist. */
  readonly target?: string;
}

/** As the kernel gives up. */
const MAX_LINKS = 40;

/** The entry at a path, links followed on the way and at the end; undefined when there is none or a link dangles. */
export function lookUp(entries: readonly TreeEntry[], path: string, links = 0): TreeEntry | undefined {
  const names = path.split('/');
  for (let depth = 1; depth <= names.length; depth++) {
    const part = names.slice(0, depth).join('/');
    const link = entries.find((entry) => entry.path === part && entry.type === 'symlink');
    if (link?.target === undefined) continue;
    if (links >= MAX_LINKS) return undefined;
    const target = resolve(part, link.target);
    const rest = names.slice(depth);
    return target === undefined ? undefined : lookUp(entries, [...target, ...rest].join('/'), links + 1);
  }
  const entry = entries.find((candidate) => candidate.path === path);
  if (entry !== undefined) return entry;
  const implied = path === '' || entries.some((candidate) => candidate.path.startsWith(`${path}/`));
  return implied ? { path, mode: 0o755, type: 'directory' } : undefined;
}

/** Names of the path that a link leads to; undefined when it leaves the tree. */
function resolve(linkPath: string, target: string): string[] | undefined {
  if (target.startsWith('/')) return undefined;
  const names = linkPath.split('/').slice(0, -1);
  for (const name of target.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names;
}
