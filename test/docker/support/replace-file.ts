import { chmodSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs';

/**
 * Writes a file in one step, as most editors do; `by` is a path beside all that is watched. A file that is truncated first
 * is another for a moment, and on a busy machine a watch tells of both.
 */
export function replaceFile(file: string, text: string, by: string): void {
  writeFileSync(by, text);
  if (existsSync(file)) chmodSync(by, statSync(file).mode);
  renameSync(by, file);
}
