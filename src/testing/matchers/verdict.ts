/** What a matcher has found. */
export interface Verdict {
  readonly pass: boolean;
  /** What was expected, to go into `Expected X …`: `the log to contain these lines`. */
  readonly expected: string;
  /** The same for `.not`, where it is not with a `not` before the first ` to `. */
  readonly unexpected?: string;
  /** What was found instead, and what helps to see why; may span lines. */
  readonly found: string;
}

/** The message of a matcher that has failed. */
export function failureMessage({ expected, unexpected, found }: Verdict, isNot: boolean): string {
  const text = isNot ? (unexpected ?? expected.replace(/ to /, ' not to ')) : expected;
  return `Expected ${text}\n\n${found}`;
}

/** A pattern as a person would write it. */
export function shown(pattern: unknown): string {
  if (pattern instanceof RegExp || Object.prototype.toString.call(pattern) === '[object RegExp]')
    return String(pattern);
  return JSON.stringify(pattern);
}

/** A text, indented, cut after so many lines. */
export function indented(text: string, maxLines = 20): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const rest = lines.length > maxLines ? [`… and ${lines.length - maxLines} more lines`] : [];
  return [...lines.slice(0, maxLines), ...rest].map((line) => `  ${line}`).join('\n');
}

/** What to do about a text that was compared with the whole of others, and is a part of one. */
export function wholeAdvice(
  pattern: string | RegExp | undefined,
  texts: readonly string[],
  what: string,
): string {
  const isPart =
    typeof pattern === 'string' && texts.some((text) => text !== pattern && text.includes(pattern));
  return isPart ? `\n\nA string must be the whole ${what}; give a RegExp for a part of it.` : '';
}

/** A number of things: `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Whether a text is or matches; a string must be all of it. */
export function equals(text: string, pattern: string | RegExp): boolean {
  return typeof pattern === 'string' ? text === pattern : text.search(pattern) !== -1;
}
