/** A quantifier as Go's regexp knows it; another `{` is a literal. */
const REPEAT = /^\{(\d+)(?:,(\d*))?\}/;
/** Largest repeat count that Go accepts (regexp/syntax). */
const MAX_REPEAT = 1000;
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};
const ESCAPES: Readonly<Record<string, string>> = {
  A: '^',
  z: '$',
  a: '\\x07',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  v: '\\v',
};

/**
 * A Go (RE2) regular expression as one of JavaScript; undefined where Go refuses to compile it. `.cfignore` patterns
 * leak into such expressions, and those that do not compile are skipped. Look-arounds and back references do not exist
 * there; `?` never arrives unescaped, so lazy quantifiers and flags do not either.
 */
export function compileGoRegexp(expression: string): RegExp | undefined {
  const source = translate(expression);
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}

function translate(expression: string): string | undefined {
  let source = '';
  let rest = expression;
  while (rest !== '') {
    const token = rest.startsWith('[') ? characterClass(rest) : plainToken(rest);
    if (token === undefined) return undefined;
    source += token.source;
    rest = rest.slice(token.length);
  }
  return source;
}

interface Token {
  readonly source: string;
  /** How many characters of the Go expression it stands for. */
  readonly length: number;
}

function plainToken(rest: string): Token | undefined {
  const first = firstCharacter(rest);
  if (first === '\\') return escape(rest, false);
  if (first === '{') {
    const repeat = REPEAT.exec(rest);
    if (repeat === null) return { source: '\\{', length: 1 };
    if ([repeat[1], repeat[2]].some((count) => Number(count ?? 0) > MAX_REPEAT)) return undefined;
    return { source: repeat[0], length: repeat[0].length };
  }
  if (first === '}' || first === ']' || first === '/') return { source: `\\${first}`, length: 1 };
  // Go's dot excludes the line feed only.
  if (first === '.') return { source: '[^\\n]', length: 1 };
  return { source: first, length: first.length };
}

function escape(rest: string, inClass: boolean): Token | undefined {
  const escaped = firstCharacter(rest.slice(1));
  if (/^[dDsSwW]$/.test(escaped)) {
    // Go's \s is ASCII only.
    const ascii = { s: inClass ? '\\t\\n\\f\\r ' : '[\\t\\n\\f\\r ]', S: '[^\\t\\n\\f\\r ]' }[escaped];
    return inClass && escaped === 'S' ? undefined : { source: ascii ?? `\\${escaped}`, length: 2 };
  }
  if (!inClass && /^[bB]$/.test(escaped)) return { source: `\\${escaped}`, length: 2 };
  if (inClass && (escaped === 'A' || escaped === 'z')) return undefined;
  const known = ESCAPES[escaped];
  if (known !== undefined) return { source: known, length: 2 };
  // Any ASCII punctuation may be escaped; other letters and digits are errors in Go, as is a lone backslash.
  return /^[!-/:-@[-`{-~]$/.test(escaped) ? { source: literal(escaped), length: 2 } : undefined;
}

function characterClass(rest: string): Token | undefined {
  const negated = rest.startsWith('[^');
  let at = negated ? 2 : 1;
  let source = negated ? '[^' : '[';
  let isFirst = true;
  while (isFirst || rest[at] !== ']') {
    const item = classItem(rest.slice(at), isFirst);
    if (item === undefined) return undefined;
    source += item.source;
    at += item.length;
    isFirst = false;
  }
  return { source: `${source}]`, length: at + 1 };
}

function classItem(rest: string, isFirst: boolean): Token | undefined {
  if (rest === '') return undefined;
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(rest);
  if (posix !== null) {
    const members = POSIX_CLASSES[posix[2] ?? ''];
    return members === undefined || posix[1] === '^'
      ? undefined
      : { source: members, length: posix[0].length };
  }
  const low = classCharacter(rest);
  if (low === undefined) return undefined;
  const tail = rest.slice(low.length);
  // A dash is a range only between two characters; elsewhere it stands for itself.
  if (!tail.startsWith('-') || tail.startsWith('-]') || (rest.startsWith('-') && !isFirst)) return low;
  const high = classCharacter(tail.slice(1));
  return high && { source: `${low.source}-${high.source}`, length: low.length + 1 + high.length };
}

function classCharacter(rest: string): Token | undefined {
  const first = firstCharacter(rest);
  if (first === '\\') return escape(rest, true);
  return first === '' ? undefined : { source: literal(first), length: first.length };
}

function firstCharacter(text: string): string {
  const code = text.codePointAt(0);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** JavaScript's u flag allows a backslash before syntax characters only, and before a dash inside a class. */
function literal(character: string): string {
  if (character === '-') return '\\x2d';
  return /^[\^$\\.*+?()[\]{}|/]$/.test(character) ? `\\${character}` : character;
}
