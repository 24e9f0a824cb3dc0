import type { Entry } from './entry.ts';

/** Path → text that differs between two versions of an entry; of a directory only its mode counts. */
export async function fingerprintEntries(
  entries: AsyncIterable<Entry>,
): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for await (const entry of entries) versions.set(entry.path, versionOf(entry));
  return versions;
}

function versionOf(entry: Entry): string {
  const mode = entry.mode.toString(8);
  switch (entry.type) {
    case 'directory':
      return `d ${mode}`;
    case 'symlink':
      return `l ${mode} ${entry.target}`;
    case 'file':
      return `f ${mode} ${entry.size} ${entry.mtime ?? 0} ${entry.version ?? ''}`;
  }
}
