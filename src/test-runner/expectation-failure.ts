/** Something was not as a scenario expects it. */
export class ExpectationFailure extends Error {
  override readonly name = 'ExpectationFailure';
  /** Further lines for people. */
  readonly details: string | undefined;

  constructor(message: string, details?: string) {
    super(message);
    this.details = details;
  }
}

export type Pattern = string | RegExp;

export function holds(text: string, pattern: Pattern): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0;
}

/** As it is written in a spec. */
export function written(pattern: Pattern): string {
  return typeof pattern === 'string' ? `'${pattern}'` : String(pattern);
}

/** The end of a text that may be long. */
export function excerpt(text: string, characters = 2000): string {
  return text.length <= characters ? text : `[…] ${text.slice(-characters)}`;
}
