import { text } from 'node:stream/consumers';
import type { Container } from '../engine/engine.ts';
import { orInterrupted } from '../errors.ts';
import { BUILD_DIR, contentsLayout } from '../lifecycle/container-paths.ts';
import { SNAPSHOT_DIR } from '../lifecycle/rewind-script.ts';
import type { FileTexts, PhaseRecord, ShownPhase, TreeChange, TreeNode } from '../lifecycle/tree-change.ts';
import type { RawPath } from '../snapshot/listing.ts';
import { rawPlace } from '../snapshot/tree-changes.ts';

/** Larger files are told by their sizes only, and so are those after the first ones. */
const MOST_BYTES = 32 * 1024;
const MOST_FILES = 60;

/** Where the content of a file can be had. */
export interface Whereabouts {
  readonly layer: number | undefined;
  /** It is in place now. */
  readonly isLive: boolean;
}

/** A phase, and where the files are as they were before and after it. */
export interface KeptPhase {
  readonly record: PhaseRecord;
  readonly before: (change: TreeChange) => Whereabouts;
  readonly after: (change: TreeChange) => Whereabouts;
}

interface Wanted {
  readonly change: TreeChange;
  readonly side: 'before' | 'after';
  readonly layer: number | undefined;
  readonly path: RawPath;
}

/**
 * Prints, for each layer and path that it reads, the content as base64 and a line end. After a staging the app is where it
 * was packed from: `$2` takes the place of `$1`.
 */
const READ_SCRIPT = `while IFS= read -r -d '' layer && IFS= read -r -d '' path; do
  if [ -n "$layer" ]; then
    tar -xOPf "$0/$layer.tar" --no-unquote --occurrence=1 -- "$path" 2>/dev/null | base64 -w0
  else
    [ -e "$path" ] || case $path in "$1"/*) path=$2\${path#"$1"} ;; esac
    base64 -w0 -- "$path" 2>/dev/null
  fi
  echo
done`;

/** A phase with the texts of the small files that it changed, as far as they can still be had. */
export async function withTexts(
  { record, before, after }: KeptPhase,
  container: Container,
  contentsDir: string,
  signal: AbortSignal,
): Promise<ShownPhase> {
  const small = record.changes.filter((change) => isSmall(change.before) && isSmall(change.after));
  const wanted = small.slice(0, MOST_FILES).flatMap((change): Wanted[] => {
    const path = rawPlace(change, contentsDir);
    const sides = [
      { side: 'before' as const, node: change.before, place: before(change) },
      { side: 'after' as const, node: change.after, place: after(change) },
    ];
    return sides.flatMap(({ side, node, place: { layer, isLive } }) =>
      node !== undefined && (layer !== undefined || isLive) ? [{ change, side, layer, path }] : [],
    );
  });
  const contents = wanted.length === 0 ? [] : await read(wanted, container, contentsDir, signal);
  const texts = new Map<TreeChange, FileTexts>();
  wanted.forEach(({ change, side }, i) => {
    const content = contents[i];
    if (content !== undefined) texts.set(change, { ...texts.get(change), [side]: content });
  });
  return {
    ...record,
    changes: record.changes.map((change) => {
      const found = texts.get(change);
      return found !== undefined && isWhole(change, found) ? { ...change, texts: found } : change;
    }),
  };
}

/** Undefined for what is no text. */
async function read(
  wanted: readonly Wanted[],
  container: Container,
  contentsDir: string,
  signal: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  const process = await orInterrupted(
    container.exec(
      {
        argv: ['/bin/bash', '-c', READ_SCRIPT, SNAPSHOT_DIR, BUILD_DIR, contentsLayout(contentsDir).app],
        env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
        user: 'root',
        workingDir: '/',
        stdin: true,
      },
      signal,
    ),
    signal,
  );
  process.stderr.resume();
  const list = wanted.map(({ layer, path }) => `${layer ?? ''}\0${path}\0`).join('');
  process.stdin?.on('error', () => undefined).end(Buffer.from(list, 'latin1'));
  const lines = (await orInterrupted(text(process.stdout), signal)).split('\n');
  return wanted.map((_, i) => asText(Buffer.from(lines[i] ?? '', 'base64')));
}

function isSmall(node: TreeNode | undefined): boolean {
  return node === undefined || (node.type === 'file' && node.size <= MOST_BYTES);
}

/** Half a diff would tell something else. */
function isWhole({ before, after }: TreeChange, texts: FileTexts): boolean {
  return (
    (before === undefined || texts.before !== undefined) && (after === undefined || texts.after !== undefined)
  );
}

function asText(content: Buffer): string | undefined {
  if (content.includes(0)) return undefined;
  const decoded = content.toString('utf8');
  return decoded.includes('\uFFFD') ? undefined : decoded;
}
