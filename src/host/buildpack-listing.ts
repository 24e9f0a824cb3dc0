import type { Entry } from '../archive/entry.ts';
import type { TreeEntry } from '../buildpack/tree.ts';

/** Longest first line that is kept, in bytes. */
const HEAD_BYTES = 128;
/** The scripts, also those of a buildpack that lies one directory down. */
const SCRIPT = /^(?:[^/]+\/)?bin\/[^/]+$/;

/** Lists entries for the decisions about a buildpack; only of the files in `bin/` the first line is read. */
export async function listFiles(entries: AsyncIterable<Entry>): Promise<readonly TreeEntry[]> {
  const listing: TreeEntry[] = [];
  for await (const entry of entries) {
    const { path, mode, type } = entry;
    if (type === 'symlink') listing.push({ path, mode, type, target: entry.target });
    else if (type !== 'file' || !SCRIPT.test(path)) listing.push({ path, mode, type });
    else listing.push({ path, mode, type, head: await firstLine(entry) });
  }
  return listing;
}

async function firstLine(entry: Extract<Entry, { type: 'file' }>): Promise<string> {
  const content = entry.open();
  const head = Buffer.isBuffer(content) ? content : await firstChunk(content as AsyncIterable<Buffer>);
  const line = head.subarray(0, HEAD_BYTES);
  const end = line.indexOf('\n');
  return line.subarray(0, end === -1 ? line.length : end).toString('latin1');
}

/** Leaving the loop destroys the stream. */
async function firstChunk(content: AsyncIterable<Buffer>): Promise<Buffer> {
  for await (const chunk of content) return chunk;
  return Buffer.alloc(0);
}
