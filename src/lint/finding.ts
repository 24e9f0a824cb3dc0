export type Severity = 'error' | 'warning';

/** One thing that would bite on a real foundation. `rule` is its stable name; `line` counts from 1. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  readonly line?: number;
  readonly why: string;
  readonly advice: string;
}

/** Files in the order of their names, each from top to bottom; what two rules say in the same words is said once. */
export function inReadingOrder(findings: readonly Finding[]): Finding[] {
  const distinct = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...distinct.values()].sort((a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
