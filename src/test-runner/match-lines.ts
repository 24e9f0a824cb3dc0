import { holds, written, type Pattern } from './expectation-failure.ts';

interface Line {
  readonly source: string;
  readonly message: string;
}

/** Where patterns fit best. */
export interface LineMatch {
  /** How many of the patterns fit, one line directly after the other. */
  readonly fitting: number;
  /** The lines there. */
  readonly lines: readonly string[];
}

/** The best place for consecutive lines among those of one source, whichever source that is. */
export function matchLines(lines: readonly Line[], patterns: readonly Pattern[]): LineMatch {
  let best: LineMatch = { fitting: 0, lines: [] };
  for (const messages of bySource(lines).values()) {
    for (let start = 0; start < messages.length; start += 1) {
      let fitting = 0;
      while (fitting < patterns.length && fits(messages[start + fitting], patterns[fitting])) fitting += 1;
      if (fitting <= best.fitting) continue;
      best = { fitting, lines: messages.slice(start, start + patterns.length) };
      if (fitting === patterns.length) return best;
    }
  }
  return best;
}

/** What was wanted beside the place that comes nearest to it. */
export function describeMatch(patterns: readonly Pattern[], { fitting, lines }: LineMatch): string {
  if (fitting === 0) return 'No line fits the first one.';
  return patterns
    .map(
      (pattern, i) => `${i < fitting ? '  ' : '✗ '}${written(pattern)}\n    ${lines[i] ?? '(no more lines)'}`,
    )
    .join('\n');
}

function bySource(lines: readonly Line[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { source, message } of lines) {
    const group = groups.get(source);
    if (group === undefined) groups.set(source, [message]);
    else group.push(message);
  }
  return groups;
}

function fits(message: string | undefined, pattern: Pattern | undefined): boolean {
  return message !== undefined && pattern !== undefined && holds(message, pattern);
}
