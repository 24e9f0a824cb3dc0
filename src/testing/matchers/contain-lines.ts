import { eventually, type Waiting } from '../eventually.ts';
import { LogView, type LinePattern } from '../log-view.ts';
import { nearestMatch, type Alignment } from './nearest-match.ts';
import { equals, shown, type Verdict } from './verdict.ts';

/** Where lines are looked for. */
export type Lines = LogView | string | readonly string[];

/**
 * These lines, one right after the other. A string is a whole line; a RegExp matches anywhere in one. Blanks at the end of
 * a line do not count. With `within` a live log is given so long to come to it.
 */
export function containLines(received: Lines, patterns: readonly LinePattern[]): Verdict {
  const lines = linesOf(received).map((line) => line.trimEnd());
  const wanted = patterns.map((pattern) => (typeof pattern === 'string' ? pattern.trimEnd() : pattern));
  const pass =
    wanted.length > 0 && lines.some((_, at) => wanted.every((pattern, i) => holdsAt(lines, at + i, pattern)));
  return {
    pass,
    expected: `the log to contain ${wanted.length === 1 ? 'this line' : `these ${wanted.length} lines in a row`}:\n${wanted.map((pattern) => `  ${typeof pattern === 'string' ? pattern : shown(pattern)}`).join('\n')}`,
    found: pass ? 'It does.' : difference(lines, wanted),
  };
}

/** The same of a log that goes on. */
export async function containLinesInTime(
  received: Lines,
  patterns: readonly LinePattern[],
  waiting: Waiting,
  isNot: boolean,
): Promise<Verdict> {
  if (received instanceof LogView) {
    await received.until(() => containLines(received, patterns).pass !== isNot, waiting);
  } else
    await eventually(
      () => true,
      () => () => undefined,
      waiting,
    );
  return containLines(received, patterns);
}

function linesOf(received: Lines): readonly string[] {
  if (received instanceof LogView) return received.messages;
  return typeof received === 'string' ? received.replace(/\n$/, '').split('\n') : received;
}

function holdsAt(lines: readonly string[], at: number, pattern: LinePattern): boolean {
  const line = lines[at];
  return line !== undefined && equals(line, pattern);
}

function difference(lines: readonly string[], patterns: readonly LinePattern[]): string {
  if (patterns.length === 0) return 'No lines were given.';
  if (lines.length === 0) return 'The log is empty.';
  const nearest = nearestMatch(lines, patterns);
  if (nearest === undefined)
    return `None of them is in its ${lines.length} lines, which end with:\n${tail(lines)}`;
  const part = `The nearest match has ${nearest.matched} of ${patterns.length}, from line ${nearest.at + 1} of ${lines.length}`;
  return `${part} (- expected, + in the log):\n${nearest.rows.map(drawn).join('\n')}${advice(nearest)}`;
}

function drawn({ kind, pattern, line }: Alignment): string {
  if (kind === 'same') return `    ${line}`;
  return kind === 'missing' ? `  - ${typeof pattern === 'string' ? pattern : shown(pattern)}` : `  + ${line}`;
}

/** A literal that is only a part of the line beside it was most likely meant as such. */
function advice({ rows }: { readonly rows: readonly Alignment[] }): string {
  const extra = rows.filter(({ kind }) => kind === 'extra').map(({ line }) => line);
  const part = rows.find(
    ({ kind, pattern }) =>
      kind === 'missing' &&
      typeof pattern === 'string' &&
      pattern !== '' &&
      extra.some((line) => line.includes(pattern)),
  );
  return part === undefined ? '' : `\n\nA string must be the whole line; give a RegExp for a part of one.`;
}

function tail(lines: readonly string[]): string {
  return lines
    .slice(-10)
    .map((line) => `    ${line}`)
    .join('\n');
}
