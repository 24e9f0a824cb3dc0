import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeEntry } from '../../../src/buildpack/tree.ts';
import type { StagingResult } from '../../../src/lifecycle/staging-result.ts';

const ROOT = join(import.meta.dirname, '../../../fixtures/conformance');

/** One listed member of a recorded droplet or cache. */
export interface RecordedEntry {
  readonly path: string;
  readonly type: string;
  readonly sha256?: string;
}

export interface ConformanceCase {
  readonly name: string;
  readonly input: {
    readonly app: string;
    readonly buildpacks: readonly { readonly key: string; readonly dir: string }[];
    readonly skipDetect: boolean;
    readonly env?: Readonly<Record<string, string>>;
  };
  readonly expected: readonly {
    readonly exitCode: number;
    readonly stdout: readonly string[];
    readonly stderr: readonly string[];
    readonly result: StagingResult | null;
    readonly stagingInfo?: object;
    readonly droplet: readonly RecordedEntry[] | null;
    readonly cache: readonly RecordedEntry[] | null;
  }[];
}

export interface LauncherCase {
  readonly name: string;
  readonly input: { readonly env: Readonly<Record<string, string>>; readonly argv: readonly string[] };
  readonly expected: { readonly exitCode: number; readonly stdout: readonly string[] };
}

export function conformanceCases(): ConformanceCase[] {
  return readVectors('cases') as ConformanceCase[];
}

export function launcherCases(): LauncherCase[] {
  return readVectors('launcher') as LauncherCase[];
}

function readVectors(folder: string): object[] {
  return readdirSync(join(ROOT, folder))
    .sort()
    .map((file) => ({
      name: file.replace('.json', ''),
      ...(JSON.parse(readFileSync(join(ROOT, folder, file), 'utf8')) as object),
    }));
}

/** The tree of a recorded buildpack as a caller would list it. */
export function buildpackTree(dir: string): TreeEntry[] {
  const root = join(ROOT, 'buildpacks', dir);
  return readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const base = { path: path.slice(root.length + 1), mode: statSync(path).mode & 0o777 };
    return entry.isDirectory()
      ? { ...base, type: 'directory' }
      : { ...base, type: 'file', head: readFileSync(path, 'utf8').slice(0, 80) };
  });
}

/** A file of a recorded app; undefined when it has none of the name. */
export function appFile(app: string, name: string): string | undefined {
  try {
    return readFileSync(join(ROOT, 'apps', app, name), 'utf8');
  } catch {
    return undefined;
  }
}
