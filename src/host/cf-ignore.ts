import { compileGoRegexp } from './go-regexp.ts';

/** What cf never pushes, at any depth (cli, actor/sharedaction/resource.go). */
export const DEFAULT_IGNORE_LINES: readonly string[] = [
  '.cfignore',
  '.DS_Store',
  '.git',
  '.gitignore',
  '.hg',
  '.svn',
  '_darcs',
  'manifest.yaml',
  'manifest.yml',
];

/** Decides path by path what is left out of a push. */
export interface CfIgnore {
  /** `path` is relative to the root, with `/` between its parts. */
  ignores(path: string): boolean;
  /** Whether everything below an ignored directory is ignored too, so that it need not be walked. */
  readonly prunes: boolean;
}

/** The rules of a directory: the lines of its `.cfignore` first, then the built-in ones, which therefore win. */
export function directoryIgnore(cfignore = ''): CfIgnore {
  return compileIgnore([...cfignore.split('\n'), ...DEFAULT_IGNORE_LINES]);
}

/** The rules of an archive: the built-in ones first, so that a `!` line in its `.cfignore` can undo them. */
export function archiveIgnore(cfignore = ''): CfIgnore {
  return compileIgnore([...DEFAULT_IGNORE_LINES, ...cfignore.split('\n')]);
}

interface Pattern {
  readonly regexp: RegExp;
  readonly negated: boolean;
}

/**
 * Compiles ignore lines with the semantics of the go-gitignore that cf uses, which are not git's: see the rules of
 * {@link patternOf}. The last matching line wins; lines that make no regular expression are skipped.
 */
export function compileIgnore(lines: readonly string[]): CfIgnore {
  const patterns = lines.map(patternOf).filter((pattern) => pattern !== undefined);
  return {
    ignores: (path) => patterns.findLast(({ regexp }) => regexp.test(path))?.negated === false,
    // With `$` or an escape like `\z` a pattern can match a directory without matching what is in it.
    prunes: !patterns.some(({ negated }) => negated) && !lines.some((line) => /[$\\]/.test(line)),
  };
}

/** Stands for a star of the expression while the stars of the pattern are replaced; cf's library uses the same text. */
const STAR = '#$~';

function patternOf(line: string): Pattern | undefined {
  const withoutReturn = line.replace(/\r+$/, '');
  if (withoutReturn.startsWith('#')) return undefined;
  const trimmed = withoutReturn.replace(/^ +| +$/g, '');
  if (trimmed === '') return undefined;
  const negated = trimmed.startsWith('!');
  const regexp = compileGoRegexp(expressionOf(negated ? trimmed.slice(1) : trimmed));
  return regexp && { regexp, negated };
}

/**
 * `*` is anything but a slash, `**` between slashes is any number of directories, `?` and `.` are themselves, all else
 * is left to the regular expression. `dir/*.ext` is anchored to the root like `/dir`; `dir/` needs something after it.
 */
function expressionOf(pattern: string): string {
  let text = pattern.replace(/^[#!]/, '');
  if (/[^/+]\/.*\*\./.test(text)) text = `/${text}`;
  text = text.replaceAll('.', '\\.');
  if (text.startsWith('/**/')) text = text.slice(1);
  text = text
    .replaceAll('/**/', '(/|/.+/)')
    .replaceAll('**/', `(|.${STAR}/)`)
    .replaceAll('/**', `(|/.${STAR})`)
    .replaceAll('\\*', `\\${STAR}`)
    // Stars in a row, or one under `+`, mean no more than one and would cost JavaScript exponential time.
    .replace(/\*+\+?(?!\+)|\*+/g, '([^/]*)')
    .replaceAll('?', '\\?')
    .replaceAll(STAR, '*');
  const tail = text.endsWith('/') ? '(|.*)$' : '(|/.*)$';
  return text.startsWith('/') ? `^(|/)${text.slice(1)}${tail}` : `^(|.*/)${text}${tail}`;
}
