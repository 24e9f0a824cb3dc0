import type { Entry } from '../archive/entry.ts';
import { interruption } from '../errors.ts';
import { readContent } from './zip-entries.ts';

/** A larger file is no script. The longest manifest.yml of the official buildpacks has about 100 KB. */
const MAX_FILE_BYTES = 512 * 1024;
const MAX_TOTAL_BYTES = 32 * 1024 * 1024;

/** The texts among the files of a buildpack that are wanted, by path. Binaries (with a NUL) and large files are left out. */
export async function readBuildpackTexts(
  entries: AsyncIterable<Entry>,
  wanted: (path: string) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  let total = 0;
  for await (const entry of entries) {
    if (signal.aborted) throw interruption(signal);
    if (entry.type !== 'file' || entry.size > MAX_FILE_BYTES || !wanted(entry.path)) continue;
    const content = await readContent(entry);
    total += content.length;
    if (total > MAX_TOTAL_BYTES) break;
    if (!content.includes(0)) texts.set(entry.path, content.toString('utf8'));
  }
  return texts;
}
