import { stripVTControlCharacters } from 'node:util';

const GRAPHEMES = new Intl.Segmenter();
/** What terminals draw on two cells. Source: Unicode UAX #11, scripts of East Asia, and emoji. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u;
const ELLIPSIS = '…';

/** A text without what would move the cursor: on one line, and no colours. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** How many cells of a terminal a text takes. */
export function cellsOf(text: string): number {
  return graphemes(text).reduce((sum, one) => sum + cells(one), 0);
}

/** A text that takes no more cells than these, with an ellipsis where something was left out. */
export function fitText(text: string, columns: number): string {
  if (cellsOf(text) <= columns) return text;
  if (columns < 1) return '';
  let fitting = '';
  let left = columns - 1;
  for (const one of graphemes(text)) {
    left -= cells(one);
    if (left < 0) break;
    fitting += one;
  }
  return `${fitting.trimEnd()}${ELLIPSIS}`;
}

function graphemes(text: string): readonly string[] {
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

function cells(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return /^[\p{Mn}\p{Me}\p{Cf}]*$/u.test(grapheme) ? 0 : 1;
}
