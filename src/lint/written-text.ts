/** A text over several lines that a script holds: a here-doc, or what echo or printf are given in quotes. */
export interface WrittenText {
  /** Index of its first line of text in the script, and of the line after its end. */
  readonly from: number;
  readonly next: number;
  readonly body: readonly string[];
  /** The shell changes nothing in it. */
  readonly literal: boolean;
  /** The command it is part of, without it. */
  readonly command: string;
}

const HERE_DOC = /(?<!<)<<([-~]?)\s*(?:'([^']+)'|"([^"]+)"|(\\?)([A-Za-z_]\w*))/g;
const ECHO = /(?:^|[\s;&|({])(?:echo|printf)\s+(?:-\w+\s+)*("|')([^"']*)$/;

/** The texts that begin on a line: `code` is that line without its comment, `at` its index. */
export function* textsFrom(code: string, at: number, raw: readonly string[]): Generator<WrittenText> {
  const echoed = echoedText(code, at, raw);
  if (echoed !== undefined) {
    yield echoed;
    return;
  }
  let from = at + 1;
  for (const match of code.matchAll(HERE_DOC)) {
    const [, mode = '', single, double, escaped, bare = ''] = match;
    const delimiter = single ?? double ?? bare;
    const end = raw.findIndex((line, i) => i >= from && (mode === '' ? line : line.trim()) === delimiter);
    // `<<` was something else, say a shift.
    if (end === -1) return;
    const body = undented(raw.slice(from, end), mode);
    yield { from, next: end + 1, body, literal: bare === '' || escaped === '\\', command: code };
    from = end + 1;
  }
}

function echoedText(code: string, at: number, raw: readonly string[]): WrittenText | undefined {
  const match = ECHO.exec(code);
  const [, quote, first] = match ?? [];
  if (match === null || quote === undefined || first === undefined) return undefined;
  const closing = quote === '"' ? /(?<!\\)"/ : /'/;
  const end = raw.findIndex((line, i) => i > at && closing.test(line));
  if (end === -1) return undefined;
  const last = raw[end] ?? '';
  const close = last.search(closing);
  const body = [first, ...raw.slice(at + 1, end), last.slice(0, close)];
  return {
    from: at,
    next: end + 1,
    body: quote === '"' ? body.map((line) => line.replaceAll('\\"', '"')) : body,
    literal: quote === "'",
    command: `${code.slice(0, match.index)} ${last.slice(close + 1)}`,
  };
}

/** `<<-` drops leading tabs; Ruby's `<<~` what all lines have in common. */
function undented(body: readonly string[], mode: string): readonly string[] {
  if (mode === '-') return body.map((line) => line.replace(/^\t+/, ''));
  if (mode !== '~') return body;
  const indents = body.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const least = Math.min(...indents);
  return body.map((line) => line.slice(least));
}
