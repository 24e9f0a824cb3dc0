import type { TreeFingerprint } from './input-fingerprints.ts';

export interface ChangedPath {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
}

/** What differs between two versions of a tree, files before directories, each in the order of paths. */
export function changedPaths(before: TreeFingerprint, after: TreeFingerprint): readonly ChangedPath[] {
  const changes: (ChangedPath & { readonly isDirectory: boolean })[] = [];
  for (const [path, version] of after) {
    const old = before.get(path);
    if (old === version) continue;
    changes.push({
      path,
      change: old === undefined ? 'added' : 'changed',
      isDirectory: isDirectory(version),
    });
  }
  for (const [path, version] of before)
    if (!after.has(path)) changes.push({ path, change: 'removed', isDirectory: isDirectory(version) });
  return changes.sort((a, b) =>
    a.isDirectory === b.isDirectory
      ? a.path < b.path
        ? -1
        : 1
      : Number(a.isDirectory) - Number(b.isDirectory),
  );
}

function isDirectory(version: string): boolean {
  return version.startsWith('d ');
}
