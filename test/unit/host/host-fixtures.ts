import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Entry } from '../../../src/archive/entry.ts';

/** What to put at a path: text, a script (0755), a symlink, or an empty directory. */
export type Content = string | { readonly script: string } | { readonly link: string } | null;

/** A new directory that goes away after the test. */
export function tempDir(tree: Readonly<Record<string, Content>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'cfstage-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(tree)) put(join(root, path), content);
  return root;
}

export function put(path: string, content: Content): void {
  mkdirSync(content === null ? path : dirname(path), { recursive: true });
  if (content === null) return;
  if (typeof content === 'string') writeFileSync(path, content);
  else if ('link' in content) symlinkSync(content.link, path);
  else {
    writeFileSync(path, content.script);
    chmodSync(path, 0o755);
  }
}

/** A zip archive of a tree, made by the zip command; entries in the order of `tree` when `members` names them. */
export function zipOf(tree: Readonly<Record<string, Content>>, name = 'made.zip'): string {
  const root = tempDir(tree);
  const zip = join(tempDir(), name);
  execFileSync('zip', ['-q', '-r', '-y', zip, '.'], { cwd: root });
  return zip;
}

/** One line an entry: type, path, mode, and the content or target. */
export async function linesOf(entries: AsyncIterable<Entry>): Promise<string[]> {
  const lines: string[] = [];
  for await (const entry of entries) {
    const mode = entry.type === 'symlink' ? '' : ` ${entry.mode.toString(8)}`;
    lines.push(`${entry.type} ${entry.path}${mode}${await tailOf(entry)}`);
  }
  return lines.sort();
}

async function tailOf(entry: Entry): Promise<string> {
  if (entry.type === 'directory') return '';
  if (entry.type === 'symlink') return ` -> ${entry.target}`;
  const content = entry.open();
  const chunks = Buffer.isBuffer(content) ? [content] : await content.toArray();
  return ` = ${Buffer.concat(chunks as Buffer[]).toString()}`;
}
