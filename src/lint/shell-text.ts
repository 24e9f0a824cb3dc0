/** A line of a script without its comment. `into` is the file that it, or the here-doc it is part of, is written to. */
export interface ShellLine {
  readonly number: number;
  readonly code: string;
  readonly into?: string;
  /** Of a here-doc, even if nobody knows where it goes. */
  readonly inHereDoc: boolean;
}

/** A here-doc. `line` is that of its first line of text. */
export interface HereDoc {
  readonly line: number;
  readonly body: readonly string[];
  /** The delimiter is quoted: the shell changes nothing in it. */
  readonly quoted: boolean;
  readonly into?: string;
}

export interface ShellText {
  readonly lines: readonly ShellLine[];
  readonly hereDocs: readonly HereDoc[];
}

const OPENING = /(?<!<)<<([-~]?)\s*(?:'([^']+)'|"([^"]+)"|(\\?)([A-Za-z_]\w*))/g;

/** Takes a script apart as far as can be done without running it. Not a shell: what is built at run time stays unknown. */
export function readShellText(text: string): ShellText {
  const raw = text.split(/\r?\n/);
  const variables = assignments(raw);
  const lines: ShellLine[] = [];
  const hereDocs: HereDoc[] = [];
  for (let at = 0; at < raw.length;) {
    const code = withoutComment(raw[at] ?? '');
    const into = writtenFile(code, variables);
    const place = into === undefined ? {} : { into };
    lines.push({ number: at + 1, code, inHereDoc: false, ...place });
    at += 1;
    for (const match of code.matchAll(OPENING)) {
      const end = endOf(raw, at, match[2] ?? match[3] ?? match[5] ?? '', match[1] !== '');
      if (end === undefined) break;
      const body = raw.slice(at, end);
      hereDocs.push({ line: at + 1, body: undented(body, match[1]), quoted: isQuoted(match), ...place });
      for (const [i, line] of body.entries()) {
        lines.push({ number: at + i + 1, code: withoutComment(line), inHereDoc: true, ...place });
      }
      lines.push({ number: end + 1, code: '', inHereDoc: true });
      at = end + 1;
    }
  }
  return { lines, hereDocs };
}

/** A line up to its comment: a `#` outside quotes that begins a word. Quotes that span lines are not followed. */
export function withoutComment(line: string): string {
  let quote: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] ?? '';
    if (character === '\\' && quote !== "'") i++;
    else if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '#' && (i === 0 || /[\s;]/.test(line[i - 1] ?? ''))) return line.slice(0, i);
  }
  return line;
}

function isQuoted(opening: RegExpExecArray): boolean {
  return opening[2] !== undefined || opening[3] !== undefined || opening[4] === '\\';
}

/** Index of the delimiter; undefined when it never comes, and `<<` then was something else. */
function endOf(
  raw: readonly string[],
  from: number,
  delimiter: string,
  indented: boolean,
): number | undefined {
  const at = raw.findIndex((line, i) => i >= from && (indented ? line.trim() : line) === delimiter);
  return at === -1 ? undefined : at;
}

function undented(body: readonly string[], mode: string | undefined): readonly string[] {
  if (mode === '-') return body.map((line) => line.replace(/^\t+/, ''));
  if (mode !== '~') return body;
  const indents = body.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const least = Math.min(...indents);
  return body.map((line) => line.slice(least));
}

/** A word of the shell, quoted parts included. */
const WORD = String.raw`((?:"[^"]*"|'[^']*'|[^\s;&|<>()"'])+)`;
const REDIRECTION = new RegExp(String.raw`(?<![0-9&<>=-])>{1,2}\|?\s*${WORD}`);
const TEE = new RegExp(String.raw`\btee\s+(?:-a\s+)?${WORD}`);
/** Its last word. */
const COPY = new RegExp(String.raw`(?:^|[\s;&|])(?:cp|mv|install|ln)\s(?:[^;&|]*\s)?${WORD}\s*(?:[;&|]|$)`);

function writtenFile(code: string, variables: ReadonlyMap<string, string>): string | undefined {
  const word = (REDIRECTION.exec(code) ?? TEE.exec(code) ?? COPY.exec(code))?.[1];
  return word === undefined ? undefined : resolved(unquoted(word), variables);
}

/** Variables that are given a value once in the script. */
function assignments(raw: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of raw) {
    const match = /^\s*(?:(?:local|readonly|declare|export)\s+)*(\w+)=((?:"[^"]*"|'[^']*'|[^\s;"'])+)/.exec(
      line,
    );
    if (match?.[1] !== undefined && match[2] !== undefined) values.set(match[1], unquoted(match[2]));
  }
  return values;
}

/** Two rounds: `f=$dir/launch.yml` after `dir=$3/$4` is as deep as it goes in practice. */
function resolved(word: string, variables: ReadonlyMap<string, string>): string {
  const once = (text: string) =>
    text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole: string, braced?: string, bare?: string) => {
      return variables.get(braced ?? bare ?? '') ?? whole;
    });
  return once(once(word));
}

function unquoted(word: string): string {
  return word.replace(/["']/g, '');
}
