import type { BuildpackCandidate } from '../buildpack/buildpack.ts';
import type { TreeEntry } from '../buildpack/tree.ts';
import type { BuildpackOrder } from '../lifecycle/launch-yml-lookup.ts';
import type { AppManifest } from '../manifest/manifest.ts';

/** A buildpack as it lies there. Paths are relative to its top. */
export interface LintedBuildpack {
  /** What its files are shown below, e.g. `../my-buildpack`; '' for none. */
  readonly label: string;
  readonly candidate: BuildpackCandidate;
  readonly listing: readonly TreeEntry[];
  /** Content of its small text files, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What is looked at. What is not known (no app, no order) is not judged. */
export interface LintSubject {
  readonly buildpacks: readonly LintedBuildpack[];
  /** Present when the buildpacks are those of a staging, in its order. */
  readonly order?: BuildpackOrder;
  readonly app?: AppManifest;
  /** As the findings name the app's manifest. */
  readonly appManifestFile?: string;
  readonly stack?: string;
}

/** What a buildpack is asked to do in a staging; `candidate` is one to detect among. */
export type Role = 'supply' | 'final' | 'candidate';

/** Undefined when there is no order. */
export function roleOf({ order }: LintSubject, index: number): Role | undefined {
  if (order === undefined) return undefined;
  if (!order.skipDetect) return 'candidate';
  return index === order.length - 1 ? 'final' : 'supply';
}

/** A path of a buildpack as findings show it. */
export function shownPath({ label }: LintedBuildpack, path: string): string {
  return label === '' ? path : `${label}/${path}`;
}

/** A path below the directory that holds bin/. */
export function ownPath({ candidate }: LintedBuildpack, path: string): string {
  const directory = 'malformed' in candidate ? '' : candidate.directory;
  return directory === '' ? path : `${directory}/${path}`;
}
