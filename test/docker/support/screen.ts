import { cellsOf } from '../../../src/logs/fit-text.ts';

/** Letters and signs, colours, and what moves the cursor. */
const TOKEN = /\x1b\[[\d;]*m|\x1b\[K|[^\x00-\x1f]|[^]/gu;

/**
 * The rows that a terminal of this width shows at the end, without colours. Knows the few things that cfstage writes when
 * it takes no keys; anything else is an error.
 */
export function screenOf(output: string, columns: number): readonly string[] {
  const rows: string[][] = [[]];
  let column = 0;
  const row = () => rows.at(-1) ?? [];
  const nextRow = () => void rows.push([]);
  for (const [token] of output.matchAll(TOKEN)) {
    if (token === '\r') column = 0;
    else if (token === '\n') nextRow();
    else if (token === '\x1b[K') row().splice(column);
    else if (token.startsWith('\x1b[')) continue;
    else if (token < ' ') throw new Error(`The screen does not know ${JSON.stringify(token)}`);
    else {
      if (column + cellsOf(token) > columns) {
        nextRow();
        column = 0;
      }
      row()[column] = token;
      column += cellsOf(token);
    }
  }
  return rows.map((cells) => cells.join('').trimEnd());
}
