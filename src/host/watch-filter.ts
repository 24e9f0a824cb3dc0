import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileIgnore, directoryIgnore, type CfIgnore } from './cf-ignore.ts';
import { isNoPartOfBuildpack } from './passing-files.ts';

/** A file or directory to watch. Absolute; it may be a symlink, and need not exist. */
export interface WatchRoot {
  readonly path: string;
  /** Whether the .cfignore in it says what does not matter. */
  readonly honoursCfIgnore: boolean;
}

/** Which paths below a root matter. Paths are relative to it, with `/` between their parts. */
export interface WatchFilter {
  /** Whether a path that changes is told. */
  readonly includes: (path: string) => boolean;
  /** Whether a directory has to be looked into. */
  readonly enters: (path: string) => boolean;
}

export const CF_IGNORE = '.cfignore';

/**
 * Files that editors have for a moment are told of no root: one that is saved there would be staged twice. `lines` are those of --ignore, in the
 * syntax of .cfignore.
 */
export function watchFilter({ path, honoursCfIgnore }: WatchRoot, lines: readonly string[]): WatchFilter {
  const rules = [compileIgnore(lines)];
  if (honoursCfIgnore) rules.push(cfIgnoreOf(path));
  return {
    includes: (file) =>
      (honoursCfIgnore && file === CF_IGNORE) ||
      (!isNoPartOfBuildpack(file) && !rules.some((rule) => rule.ignores(file))),
    enters: (folder) =>
      !isNoPartOfBuildpack(folder) && !rules.some((rule) => rule.prunes && rule.ignores(folder)),
  };
}

/** The read for the push tells of a .cfignore that cannot be read. */
function cfIgnoreOf(root: string): CfIgnore {
  try {
    return directoryIgnore(readFileSync(join(root, CF_IGNORE), 'utf8'));
  } catch {
    return directoryIgnore();
  }
}
