import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { prependMembers } from '../archive/prepend.ts';
import type { Container } from '../engine/engine.ts';
import { BUILD_DIR, STAGING_INFO_NAME } from '../lifecycle/container-paths.ts';
import type { PhaseRecord, TreeNode } from '../lifecycle/tree-change.ts';
import type { RawPath } from '../snapshot/listing.ts';
import { asText } from '../snapshot/tree-changes.ts';
import type { TreeState } from '../snapshot/tree-state.ts';
import { stagingInfoMember, type StagedDroplet } from './conclude-staging.ts';

/** A member of a droplet. Equal tokens of two droplets of one RewindableStaging: equal content and metadata. */
export interface DropletEntry extends TreeNode {
  readonly token: string;
}

/** A droplet in a staging container that stays. It can be read until the next staging begins. */
export interface WatchedDroplet extends StagedDroplet {
  /** Of all phases that the droplet comes from, those that were not redone included. */
  readonly records: readonly PhaseRecord[];
  /** Path without `./` → member, `staging_info.yml` included. The names of one file change together. */
  readonly entries: ReadonlyMap<string, DropletEntry>;
  /** A plain tar of these members alone (`./app/…`), parents first, directories without what they hold. */
  openPart(paths: Iterable<string>, signal: AbortSignal): Promise<Readable>;
}

/** @param state of the container, with the app where it was before it was packed. */
export function watchedDroplet(
  staged: StagedDroplet,
  contentsDir: string,
  state: TreeState,
  records: readonly PhaseRecord[],
): WatchedDroplet {
  const info = stagingInfoMember(staged.stagingInfo);
  const entries = new Map<string, DropletEntry>();
  const raws = new Map<string, RawPath>();
  for (const [raw, { token, mtime: _mtime, ...node }] of state) {
    const inside = memberPath(raw, contentsDir);
    if (inside === undefined) continue;
    const path = asText(inside);
    raws.set(path, inside);
    entries.set(path, { ...node, token: String(token) });
  }
  const { mode, uid, gid, size } = info;
  const token = createHash('sha256').update(info.open()).digest('hex');
  entries.set(STAGING_INFO_NAME, { type: 'file', mode, uid, gid, size, token });
  return {
    ...staged,
    records,
    entries,
    openPart: async (paths, signal) => {
      const wanted = [...paths].sort();
      const inside = wanted.flatMap((path) => (path === STAGING_INFO_NAME ? [] : [raws.get(path) ?? path]));
      const tar = await packMembers(staged.container, contentsDir, inside, signal);
      return wanted.includes(STAGING_INFO_NAME) ? await prependMembers([info], tar) : tar;
    },
  };
}

function memberPath(raw: RawPath, contentsDir: string): RawPath | undefined {
  if (raw === BUILD_DIR || raw.startsWith(`${BUILD_DIR}/`)) return `app${raw.slice(BUILD_DIR.length)}`;
  return raw.startsWith(`${contentsDir}/`) ? raw.slice(contentsDir.length + 1) : undefined;
}

async function packMembers(
  container: Container,
  contentsDir: string,
  paths: readonly RawPath[],
  signal: AbortSignal,
): Promise<Readable> {
  const argv = ['tar', '-C', contentsDir, '--null', '--no-unquote', '--no-recursion', '--numeric-owner'];
  const process = await container.exec(
    {
      argv: [...argv, '-cf', '-', '-T', '-'],
      env: { LC_ALL: 'C' },
      user: 'root',
      workingDir: '/',
      stdin: true,
    },
    signal,
  );
  process.stderr.resume();
  process.stdin?.end(Buffer.from(paths.map((path) => `./${path}\0`).join(''), 'latin1'));
  return process.stdout;
}
