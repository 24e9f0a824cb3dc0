/** A fenced block of a page, with the line its first command is on. */
export interface FencedBlock {
  readonly line: number;
  readonly text: string;
}

/** The blocks of a Markdown page that are fenced as exactly `info`, e.g. `sh test`. */
export function fencedBlocks(markdown: string, info: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^(`{3,})(.*)$/.exec(lines[at] ?? '');
    if (fence === null) continue;
    const [, marks = '', found = ''] = fence;
    const end = lines.indexOf(marks, at + 1);
    if (end === -1) throw new Error(`the fence of line ${at + 1} is never closed`);
    if (found.trim() === info) blocks.push({ line: at + 2, text: lines.slice(at + 1, end).join('\n') });
    at = end;
  }
  return blocks;
}
