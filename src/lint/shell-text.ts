import { assignments, writtenFile } from './written-file.ts';
import { textsFrom } from './written-text.ts';

/** A line of a script without its comment. `into` is the file that it, or the text it is part of, is written to. */
export interface ShellLine {
  readonly number: number;
  readonly code: string;
  readonly into?: string;
  /** Part of a text over several lines, even if nobody knows where it goes. */
  readonly inText: boolean;
}

/** A text over several lines and where it goes. `line` is that of its first line. */
export interface ScriptText {
  readonly line: number;
  readonly body: readonly string[];
  /** The shell changes nothing in it. */
  readonly literal: boolean;
  readonly into?: string;
}

export interface ShellText {
  readonly lines: readonly ShellLine[];
  readonly texts: readonly ScriptText[];
}

/** A longer line is data. */
const MAX_LINE_CHARACTERS = 4096;

/** Takes a script apart as far as can be done without running it. Not a shell: what is built at run time stays unknown. */
export function readShellText(text: string): ShellText {
  const raw = text.split(/\r?\n/).map((line) => (line.length > MAX_LINE_CHARACTERS ? '' : line));
  const variables = assignments(raw);
  const lines: ShellLine[] = [];
  const texts: ScriptText[] = [];
  for (let at = 0; at < raw.length;) {
    const code = withoutComment(raw[at] ?? '');
    const found = [...textsFrom(code, at, raw)];
    if (found[0]?.from !== at) {
      lines.push({ number: at + 1, code, inText: false, ...target(code, variables) });
    }
    at += 1;
    for (const { from, next, body, literal, command } of found) {
      const into = target(command, variables);
      texts.push({ line: from + 1, body, literal, ...into });
      for (const [i, line] of body.entries()) {
        lines.push({ number: from + i + 1, code: withoutComment(line), inText: true, ...into });
      }
      at = next;
    }
  }
  return { lines, texts };
}

function target(code: string, variables: ReadonlyMap<string, string>): { readonly into?: string } {
  const into = writtenFile(code, variables);
  return into === undefined ? {} : { into };
}

/** A line of comment in JavaScript or PHP; no shell command begins so. */
const COMMENT_OF_OTHERS = /^\s*(?:\/\/|\/\*|\*(?:\s|\/|$))/;

/** A line up to its comment: a `#` outside quotes that begins a word. Quotes that span lines are not followed. */
export function withoutComment(line: string): string {
  if (COMMENT_OF_OTHERS.test(line)) return '';
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
