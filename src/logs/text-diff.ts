import { structuredPatch } from 'diff';
import type { FileTexts } from '../lifecycle/tree-change.ts';

/** Lines around a change, and lines of a diff before the rest is only counted. */
const CONTEXT = 2;
const MOST_LINES = 60;
/** Comparing goes no further than this many changed lines: two unrelated texts take for ever. */
const MOST_EDITS = 2_000;

/** What is another in a text, as `diff -u` shows it, without a heading; of one that is new or gone, its lines. */
export function textDiff({ before = '', after = '' }: FileTexts): readonly string[] {
  const patch = structuredPatch('', '', before, after, '', '', {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  });
  if (patch === undefined) return ['(too much has changed to show it)'];
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: hunk }) => [
    ...(before === '' || after === '' ? [] : [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`]),
    ...hunk,
  ]);
  const rest = lines.length - MOST_LINES;
  return rest > 0 ? [...lines.slice(0, MOST_LINES), `(${rest} more lines)`] : lines;
}
