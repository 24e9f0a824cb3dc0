import { resolve } from 'node:path';
import { readBuildpackListing } from '../buildpack/buildpack.ts';
import { parseBuildpackReference } from '../buildpack/buildpack-reference.ts';
import { withoutCredentials } from '../host/buildpack-location.ts';
import { createBuildpack, deleteBuildpack, listBuildpacks } from '../host/buildpack-registry.ts';
import { openBuildpack } from '../host/buildpack-source.ts';
import { homeAt } from '../host/home.ts';
import { locateBuildpack, locateLocalBuildpack } from '../host/locate-buildpack.ts';
import { stagingError } from '../lifecycle/exit-codes.ts';

/** One line of `cfstage buildpacks`. */
export interface BuildpackSummary {
  readonly position: number;
  readonly name: string;
  readonly location: string;
}

export async function describeBuildpacks(homeFolder: string): Promise<readonly BuildpackSummary[]> {
  const list = await listBuildpacks(homeAt(homeFolder));
  return list.map(({ name, source }, i) => ({
    position: i + 1,
    name,
    location: withoutCredentials(source.location),
  }));
}

/** `cf create-buildpack`: a directory (used live), a zip or a URL, looked into once. Raises BUILDPACK_INVALID. */
export async function registerBuildpack(
  { home: homeFolder, cwd }: { readonly home: string; readonly cwd: string },
  {
    name,
    path,
    position,
  }: { readonly name: string; readonly path: string; readonly position: number | undefined },
  signal: AbortSignal,
): Promise<void> {
  const home = homeAt(homeFolder);
  const reference = parseBuildpackReference(path);
  if ('failure' in reference) throw stagingError(reference.failure);
  const source =
    reference.value.kind === 'name'
      ? await locateLocalBuildpack(resolve(cwd, path))
      : await locateBuildpack(reference.value, home);
  await using opened = await openBuildpack(source, { home, signal });
  readBuildpackListing(name, opened.listing);
  await createBuildpack(home, { name, source }, position, signal);
}

export async function unregisterBuildpack(
  homeFolder: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await deleteBuildpack(homeAt(homeFolder), name, signal);
}
