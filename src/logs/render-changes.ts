import type { ShownChange, ShownPhase, TreeChange, TreeNode } from '../lifecycle/tree-change.ts';
import { formatByteSize } from '../lifecycle/byte-format.ts';
import { textDiff } from './text-diff.ts';

/** Lines of one phase before the rest is only counted. */
const MOST_ROWS = 200;
const SIGNS = { added: '+', changed: '~', removed: '-' } as const;

/** What one phase has done to the trees of a staging, for people. */
export function renderPhaseChanges(record: ShownPhase): string {
  const { phase, buildpack, durationMs, exitCode, changes } = record;
  const failed = exitCode === 0 ? '' : `, exit status ${exitCode}`;
  const heading = `bin/${phase} of ${buildpack} (${(durationMs / 1000).toFixed(2)} s${failed}): ${counts(changes)}`;
  return [heading, ...renderChanges(changes)].join('\n');
}

/** One line a change, with the sizes and, of a text, what is another in it. */
export function renderChanges(changes: readonly ShownChange[]): readonly string[] {
  const shown = changes.slice(0, MOST_ROWS);
  const width = Math.max(0, ...shown.map(({ tree }) => tree.length));
  const lines = shown.flatMap((change) => {
    const { tree, path, change: kind, texts } = change;
    const line = `  ${SIGNS[kind]} ${tree.padEnd(width)}  ${path}  ${detail(change)}`.trimEnd();
    return texts === undefined ? [line] : [line, ...textDiff(texts).map((one) => `      ${one}`)];
  });
  const rest = changes.length - shown.length;
  return rest > 0 ? [...lines, `    and ${rest} more; --json has all`] : lines;
}

export function counts(changes: readonly TreeChange[]): string {
  const count = (kind: TreeChange['change']) => changes.filter(({ change }) => change === kind).length;
  const bytes = changes.reduce(
    (sum, { change, after }) => (change === 'added' ? sum + (after?.size ?? 0) : sum),
    0,
  );
  const size = bytes === 0 ? '' : ` (${formatByteSize(bytes)})`;
  return `${count('added')} added${size}, ${count('changed')} changed, ${count('removed')} removed`;
}

/** Sizes, and what else is not the same. */
function detail({ before, after }: TreeChange): string {
  const node = after ?? before;
  if (node === undefined) return '';
  if (before === undefined || after === undefined) return shape(node);
  const others = otherThanSize(before, after);
  const isSameSize = before.size === after.size;
  if (others.length === 0 && isSameSize) return `${shape(after)}, written anew`;
  if (after.type !== 'file') return others.join(', ');
  const from = isSameSize ? '' : `${formatByteSize(before.size)} -> `;
  return [`${from}${formatByteSize(after.size)}`, ...others].join(', ');
}

function otherThanSize(before: TreeNode, after: TreeNode): readonly string[] {
  const isSameOwner = before.uid === after.uid && before.gid === after.gid;
  return [
    ...(before.type === after.type ? [] : [`${before.type} -> ${after.type}`]),
    ...(before.mode === after.mode ? [] : [`mode ${octal(before)} -> ${octal(after)}`]),
    ...(isSameOwner ? [] : [`owner ${before.uid}:${before.gid} -> ${after.uid}:${after.gid}`]),
    ...(before.target === after.target ? [] : [`${before.target ?? ''} -> ${after.target ?? ''}`]),
  ];
}

function shape(node: TreeNode): string {
  if (node.type === 'file') return formatByteSize(node.size);
  return node.type === 'symlink' ? `-> ${node.target ?? ''}` : node.type;
}

function octal({ mode }: TreeNode): string {
  return mode.toString(8).padStart(4, '0');
}
