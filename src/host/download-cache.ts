import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readStateText } from './app-store.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { Home } from './home.ts';

/** What is remembered of a download: its content's digest, and what the server called this version. */
export interface Download {
  /** SHA-256 in hex; the name of the file. */
  readonly digest: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

/** The file of a content. */
export function downloadPath(home: Home, digest: string): string {
  return join(home.downloads, `${digest}.zip`);
}

/** What was last downloaded from a URL, if its content is still there. A damaged record counts as none. */
export async function recallDownload(home: Home, url: string): Promise<Download | undefined> {
  const text = await readStateText(recordPath(home, url));
  const record = text === undefined ? undefined : parseRecord(text);
  if (record === undefined) return undefined;
  try {
    await access(downloadPath(home, record.digest));
    return record;
  } catch {
    return undefined;
  }
}

/** Remembers what a URL gave; its content has to be in place already. */
export async function rememberDownload(home: Home, url: string, download: Download): Promise<void> {
  await writeFileAtomically(recordPath(home, url), JSON.stringify(download));
}

function recordPath(home: Home, url: string): string {
  return join(home.downloads, `${createHash('sha256').update(url).digest('hex')}.json`);
}

function parseRecord(text: string): Download | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('digest' in value)) return undefined;
    return /^[0-9a-f]{64}$/.test(String(value.digest)) ? (value as Download) : undefined;
  } catch {
    return undefined;
  }
}
