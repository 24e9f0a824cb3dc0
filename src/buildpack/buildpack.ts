import { CfstageError } from '../errors.ts';
import type { ExecProblem } from '../lifecycle/script-failure.ts';
import { malformedBuildpackMessage } from '../lifecycle/staging-failure.ts';
import type { TreeEntry } from './tree.ts';
import { lookUp } from './tree.ts';

export type ScriptName = 'detect' | 'supply' | 'finalize' | 'compile' | 'release';

export const SCRIPT_NAMES: readonly ScriptName[] = ['detect', 'supply', 'finalize', 'compile', 'release'];

/** Whether a script is there and what would come of running it. `bad-interpreter`: a `#!` line that ends in CR. */
export type ScriptState =
  'missing' | 'executable' | 'not-executable' | 'no-interpreter-line' | 'bad-interpreter';

/** What planning needs to know of a buildpack. `directory` is '' or the one nested directory that holds bin/. */
export interface BuildpackListing {
  readonly key: string;
  readonly name?: string;
  readonly directory: string;
  readonly scripts: Readonly<Record<ScriptName, ScriptState>>;
  /** bin/detect lacks one of its three x bits, of which the builder warns. */
  readonly warnsOfDetectMode: boolean;
}

/** A buildpack without bin/: it takes part in detection (and is passed over), anywhere else it fails the staging. */
export interface MalformedBuildpack {
  readonly key: string;
  readonly malformed: true;
}

export type BuildpackCandidate = BuildpackListing | MalformedBuildpack;

/** Reads a buildpack's tree. bin/ may be one directory down if that is all there is. Source: runner.go, `buildpackPath`. */
export function inspectBuildpack(key: string, entries: readonly TreeEntry[]): BuildpackCandidate {
  const directory = scriptsDirectory(entries);
  if (directory === undefined) return { key, malformed: true };
  const scriptAt = (name: ScriptName) => lookUp(entries, join(directory, `bin/${name}`));
  const detect = scriptAt('detect');
  return {
    key,
    directory,
    scripts: {
      detect: scriptState(detect),
      supply: scriptState(scriptAt('supply')),
      finalize: scriptState(scriptAt('finalize')),
      compile: scriptState(scriptAt('compile')),
      release: scriptState(scriptAt('release')),
    },
    warnsOfDetectMode: detect !== undefined && (detect.mode & 0o111) !== 0o111,
  };
}

/** The same for callers that have no use for a malformed one: throws BUILDPACK_INVALID in the builder's words. */
export function readBuildpackListing(key: string, entries: readonly TreeEntry[]): BuildpackListing {
  const candidate = inspectBuildpack(key, entries);
  if (!('malformed' in candidate)) return candidate;
  throw new CfstageError('BUILDPACK_INVALID', malformedBuildpackMessage(key), {
    hint: 'Keep bin/ at the top of the buildpack or in its only directory.',
  });
}

function scriptsDirectory(entries: readonly TreeEntry[]): string | undefined {
  if (lookUp(entries, 'bin') !== undefined) return '';
  const names = [...new Set(entries.map(({ path }) => path.split('/', 1)[0] ?? ''))];
  const [only] = names;
  const nested = names.length === 1 && only !== undefined && lookUp(entries, `${only}/bin`) !== undefined;
  return nested ? only : undefined;
}

function scriptState(entry: TreeEntry | undefined): ScriptState {
  if (entry === undefined) return 'missing';
  if (entry.type === 'directory' || (entry.mode & 0o111) === 0) return 'not-executable';
  const { head } = entry;
  if (head === undefined || head.startsWith('\u007fELF')) return 'executable';
  if (!head.startsWith('#!')) return 'no-interpreter-line';
  return /^#![^\n]*\r(?:\n|$)/.test(head) ? 'bad-interpreter' : 'executable';
}

/** What Go says when such a script is started (`fork/exec PATH: …`); undefined when it can run. */
export function execProblem(state: ScriptState): ExecProblem | undefined {
  switch (state) {
    case 'executable':
      return undefined;
    case 'not-executable':
      return 'permission denied';
    case 'no-interpreter-line':
      return 'exec format error';
    case 'missing':
    case 'bad-interpreter':
      return 'no such file or directory';
  }
}

function join(directory: string, path: string): string {
  return directory === '' ? path : `${directory}/${path}`;
}
