import type { Entry } from './entry.ts';

/** Small files from memory: path → text. */
export async function* textEntries(
  files: Readonly<Record<string, string>>,
  mode: number,
): AsyncGenerator<Entry, void, undefined> {
  for (const [path, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    yield await Promise.resolve({ type: 'file', path, mode, size: content.length, open: () => content });
  }
}

/** Directories and nothing in them. */
export async function* directoryEntries(paths: Iterable<string>): AsyncGenerator<Entry, void, undefined> {
  for (const path of paths) yield await Promise.resolve({ type: 'directory', path, mode: 0o755 });
}
