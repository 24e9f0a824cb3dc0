import { join, resolve } from 'node:path';
import { listBuildpacks } from '../host/buildpack-registry.ts';
import { findServicesFile, servicesFileBeside } from './app-services.ts';
import { locate } from './open-buildpacks.ts';
import { readApp } from './read-app.ts';
import type { StageRequest } from './request.ts';
import { DEFAULT_STACK } from './resolve-stack.ts';
import type { WatchedRoot } from './watch-request.ts';
import type { LocalBench } from './workbench.ts';

/**
 * What a watched app is made from on this machine, as the manifest of now says. Paths are as they were given, so that a
 * symlink that is turned elsewhere is noticed. Raises what a push would of a manifest or a buildpack.
 */
export async function watchedRoots(
  request: StageRequest,
  bench: LocalBench,
): Promise<readonly WatchedRoot[]> {
  const { cwd, varsFiles, caCert } = request;
  const requested = await readApp(request);
  const { app, bitsPath } = requested;
  const keys =
    app.buildpacks.length > 0 ? app.buildpacks : (await listBuildpacks(bench.home)).map(({ name }) => name);
  const buildpacks = await Promise.all(
    keys.map(async (key): Promise<readonly WatchedRoot[]> => {
      const { kind, location } = await locate(key, app.stack ?? DEFAULT_STACK, request, bench);
      return kind === 'directory' || kind === 'zip' ? [{ kind: 'buildpack', path: location, key }] : [];
    }),
  );
  const services =
    app.services.length === 0
      ? undefined
      : ((await findServicesFile(request, requested)) ?? servicesFileBeside(request, requested));
  return [
    ...manifestPaths(request).map((path) => ({ kind: 'manifest' as const, path })),
    ...varsFiles.map((file) => ({ kind: 'vars' as const, path: resolve(cwd, file) })),
    ...(services === undefined ? [] : [{ kind: 'services' as const, path: services }]),
    ...(caCert === undefined ? [] : [{ kind: 'ca-cert' as const, path: resolve(cwd, caCert) }]),
    { kind: 'app', path: bitsPath },
    ...buildpacks.flat(),
  ];
}

/** Where the manifest is looked for: the one that is there may be renamed, or the other one come first. */
function manifestPaths({ manifestFile, cwd }: StageRequest): readonly string[] {
  const given = resolve(cwd, manifestFile ?? '.');
  if (/\.ya?ml$/.test(given)) return [given];
  return [join(given, 'manifest.yml'), join(given, 'manifest.yaml')];
}
