import type { LinePattern } from '../log-view.ts';
import { equals } from './verdict.ts';

/** One row of a difference. */
export interface Alignment {
  readonly kind: 'same' | 'missing' | 'extra';
  readonly pattern: LinePattern;
  readonly line: string;
}

export interface NearestMatch {
  /** Index of its first line. */
  readonly at: number;
  /** How many of the patterns are there. */
  readonly matched: number;
  readonly rows: readonly Alignment[];
}

/** Lines that may be between those that were expected. */
const SLACK = 5;

/** The part of the lines that has most of the patterns, in order; undefined when there is none of any. */
export function nearestMatch(
  lines: readonly string[],
  patterns: readonly LinePattern[],
): NearestMatch | undefined {
  let best: NearestMatch | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (!patterns.some((pattern) => equals(line, pattern))) continue;
    const rows = align(lines.slice(at, at + patterns.length + SLACK), patterns);
    const matched = rows.filter(({ kind }) => kind === 'same').length;
    if (
      best === undefined ||
      matched > best.matched ||
      (matched === best.matched && rows.length < best.rows.length)
    )
      best = { at, matched, rows };
  }
  return best;
}

/** The longest common subsequence, as rows; what is left of the lines after the last pattern is not shown. */
function align(lines: readonly string[], patterns: readonly LinePattern[]): readonly Alignment[] {
  const common = table(lines, patterns);
  const rows: Alignment[] = [];
  let i = 0;
  let j = 0;
  while (j < patterns.length) {
    const line = lines[i];
    const pattern = patterns[j] ?? '';
    if (line !== undefined && equals(line, pattern)) {
      rows.push({ kind: 'same', pattern, line });
      i += 1;
      j += 1;
    } else if (line === undefined || cell(common, i, j + 1) >= cell(common, i + 1, j)) {
      rows.push({ kind: 'missing', pattern, line: '' });
      j += 1;
    } else {
      rows.push({ kind: 'extra', pattern: '', line });
      i += 1;
    }
  }
  // What stands where the last missing ones should be.
  const open = rows.length - 1 - rows.findLastIndex(({ kind }) => kind !== 'missing');
  for (const line of lines.slice(i, i + open)) rows.push({ kind: 'extra', pattern: '', line });
  return rows;
}

/** Length of the longest common subsequence of what comes from (line, pattern) on. */
function table(lines: readonly string[], patterns: readonly LinePattern[]): number[][] {
  const lengths = Array.from({ length: lines.length + 1 }, () =>
    new Array<number>(patterns.length + 1).fill(0),
  );
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] ?? [];
    for (let j = patterns.length - 1; j >= 0; j -= 1) {
      row[j] = equals(lines[i] ?? '', patterns[j] ?? '')
        ? cell(lengths, i + 1, j + 1) + 1
        : Math.max(cell(lengths, i + 1, j), cell(lengths, i, j + 1));
    }
  }
  return lengths;
}

function cell(lengths: readonly (readonly number[])[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
