import type { Entry } from '../archive/entry.ts';
import type { Tree } from '../archive/pack-tree.ts';
import { directoryEntries, textEntries } from '../archive/text-entries.ts';
import type { Container } from '../engine/engine.ts';
import type { PlatformFiles } from '../engine/platform-files.ts';
import { BUILD_DIR, CACHE_DIR, VCAP } from '../lifecycle/container-paths.ts';
import { LIFECYCLE_FILES } from '../lifecycle/lifecycle-files.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';

const ROOT = { uid: 0, gid: 0 } as const;

/** What is sent into a staging container. */
export interface StagingInputs extends PlatformFiles {
  readonly bits: { entries(): AsyncIterable<Entry>; readonly totalBytes: number };
  /** In the plan's order. */
  readonly buildpacks: readonly { entries(): AsyncIterable<Entry> }[];
  /** Tell what the scripts do with a cache that was restored. */
  readonly recordsCacheUse?: boolean;
  /** Resolves when the app's services can be reached from the staging container. */
  readonly awaitServices: (from: Container, signal: AbortSignal) => Promise<void>;
}

/** Everything that a staging container holds before the first script, for one upload to `/`. */
export function stagingTrees(plan: StagingPlan, inputs: StagingInputs, platform: readonly Tree[]): Tree[] {
  const below = (parent: string) =>
    plan.phases.directories
      .filter((path) => path.startsWith(`${parent}/`))
      .map((path) => path.slice(parent.length + 1));
  return [
    { at: 'tmp/lifecycle', owner: ROOT, entries: textEntries(LIFECYCLE_FILES, 0o755) },
    ...platform,
    // Made by os.MkdirTemp, hence private.
    {
      at: relative(plan.contentsDir),
      mode: 0o700,
      owner: VCAP,
      entries: directoryEntries(below(plan.contentsDir)),
    },
    { at: relative(CACHE_DIR), owner: VCAP, entries: directoryEntries(below(CACHE_DIR)) },
    { at: 'tmp/buildpacks', owner: ROOT, entries: directoryEntries([]) },
    { at: 'tmp/buildpackdownloads', owner: VCAP, entries: directoryEntries([]) },
    ...plan.buildpacks.map(({ path, writable }, i) => ({
      at: relative(path),
      owner: writable ? VCAP : ROOT,
      entries: inputs.buildpacks[i]?.entries() ?? directoryEntries([]),
    })),
    { at: relative(BUILD_DIR), owner: VCAP, entries: inputs.bits.entries() },
  ];
}

function relative(path: string): string {
  return path.slice(1);
}
