import { depsIndex } from './deps-index.ts';

/** How many buildpacks were asked for, and whether by name (no detection). */
export interface BuildpackOrder {
  readonly length: number;
  readonly skipDetect: boolean;
}

/** Where the builder looks for launch.yml, relative to the deps directory. */
export interface LaunchYmlLookup {
  readonly supplies: readonly string[];
  /** When this one exists, bin/release is not run. */
  readonly final: string;
}

/**
 * The launch.yml files that count. The builder does not pad these indices and takes the last of the whole order for the
 * final buildpack, so that with ten or more buildpacks, or when detecting among several, some files are never read.
 * Source: buildpackapplifecycle runner.go, `MergeLaunchYML`, `ProcessFinalBuildpack`.
 */
export function launchYmlLookup({ length, skipDetect }: BuildpackOrder): LaunchYmlLookup {
  const supplyCount = skipDetect ? length - 1 : 0;
  return {
    supplies: Array.from({ length: supplyCount }, (_, i) => `${i}/launch.yml`),
    final: `${length - 1}/launch.yml`,
  };
}

/** One line for each launch.yml that a buildpack wrote in vain. `existing` is relative to deps, e.g. `00/launch.yml`. */
export function ignoredLaunchYmlWarnings(order: BuildpackOrder, existing: readonly string[]): string[] {
  const lookup = launchYmlLookup(order);
  const read = new Set([...lookup.supplies, lookup.final]);
  return existing
    .filter((path) => !read.has(path))
    .map((path) => `deps/${path} is ignored, as Cloud Foundry does: ${ignoredBecause(order, path)}`);
}

function ignoredBecause({ length, skipDetect }: BuildpackOrder, path: string): string {
  const index = Number(path.slice(0, path.indexOf('/')));
  const supplyCount = skipDetect ? length - 1 : 0;
  const owned = index <= supplyCount && path.startsWith(`${depsIndex(index, supplyCount)}/`);
  if (!owned) return 'it belongs to no buildpack of this order.';
  if (!skipDetect) {
    return `with ${length} buildpacks to detect among, the builder looks for deps/${length - 1}/launch.yml only. Name the buildpack to have it read.`;
  }
  return `with ${length} buildpacks the builder looks for deps/${index}/launch.yml, without the leading zero.`;
}
