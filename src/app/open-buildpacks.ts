import { resolve } from 'node:path';
import { inspectBuildpack, type BuildpackCandidate } from '../buildpack/buildpack.ts';
import { parseBuildpackReference } from '../buildpack/buildpack-reference.ts';
import { CfstageError } from '../errors.ts';
import type { BuildpackLocation } from '../host/buildpack-location.ts';
import { listBuildpacks } from '../host/buildpack-registry.ts';
import { openBuildpack, type BuildpackSource } from '../host/buildpack-source.ts';
import { locateBuildpack, locateLocalBuildpack } from '../host/locate-buildpack.ts';
import { stagingError } from '../lifecycle/exit-codes.ts';
import type { StageRequest } from './request.ts';
import type { LocalBench } from './workbench.ts';

/** A buildpack of the order, at hand. */
export interface OpenBuildpack {
  readonly key: string;
  readonly source: BuildpackSource;
  readonly candidate: BuildpackCandidate;
}

/** The buildpacks of a staging, in order. Disposing removes what was fetched for it alone. */
export interface BuildpackOrder extends AsyncDisposable {
  readonly buildpacks: readonly OpenBuildpack[];
  /** False when one of them is chosen by detection. */
  readonly skipDetect: boolean;
}

/** Fetches a buildpack, as `openBuildpack` does. */
export type BuildpackOpener = typeof openBuildpack;

/**
 * Finds and opens the buildpacks that an app asks for; without any, all registered ones, to detect among.
 * Source: cloud_controller_ng diego/buildpack_entry_generator.rb.
 */
export async function openBuildpacks(
  keys: readonly string[],
  stack: string,
  request: StageRequest,
  bench: LocalBench,
  signal: AbortSignal,
  open: BuildpackOpener = openBuildpack,
): Promise<BuildpackOrder> {
  const { home, emit } = bench;
  const order = keys.length > 0 ? keys : (await listBuildpacks(home)).map(({ name }) => name);
  if (order.length === 0) {
    throw new CfstageError(
      'NO_APP_DETECTED',
      'An app was not successfully detected by any available buildpack',
      {
        hint: 'Name buildpacks with -b or in the manifest, or register some with `cfstage create-buildpack NAME PATH`.',
        exitCode: 222,
      },
    );
  }
  const locations = await Promise.all(order.map((key) => locate(key, stack, request, bench)));
  const opening = await Promise.allSettled(
    locations.map((location, i) =>
      open(location, {
        home,
        signal,
        onProgress: ({ receivedBytes: received, totalBytes: total }) => {
          void emit({ type: 'progress', what: `Downloading ${order[i] ?? ''}`, received, total: total ?? 0 });
        },
      }),
    ),
  );
  const sources = opening.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const dispose = async () => {
    await Promise.all(sources.map((source) => source[Symbol.asyncDispose]()));
  };
  const failed = opening.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await dispose();
    throw failed.reason;
  }
  return {
    buildpacks: sources.map((source, i) => {
      const key = order[i] ?? '';
      return { key, source, candidate: inspectBuildpack(key, source.listing) };
    }),
    skipDetect: keys.length > 0 && !request.detect,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Where a buildpack of a request is. Raises BUILDPACK_UNKNOWN and BUILDPACK_INVALID. */
export async function locate(
  key: string,
  stack: string,
  { localBuildpacks, cwd }: StageRequest,
  bench: LocalBench,
): Promise<BuildpackLocation> {
  const local = localBuildpacks.get(key);
  if (local !== undefined) return await locateLocalBuildpack(resolve(cwd, local));
  const registered = await listBuildpacks(bench.home);
  const known = registered.find(({ name }) => name === key);
  if (known !== undefined) return known.source;
  if (/^\.{0,2}\//.test(key)) return await locateLocalBuildpack(resolve(cwd, key));
  const reference = parseBuildpackReference(key);
  if ('failure' in reference) throw stagingError(reference.failure);
  if (reference.value.kind !== 'name') return await locateBuildpack(reference.value, bench.home);
  // Source: cloud_controller_ng lifecycles/buildpack_lifecycle_data_validator.rb.
  throw new CfstageError(
    'BUILDPACK_UNKNOWN',
    `Buildpack "${key}" for stack "${stack}" must be an existing admin buildpack or a valid git URI`,
    {
      hint: `Point it at a directory or zip with --local-buildpack ${key}=PATH, or register one: cfstage create-buildpack ${key} PATH.`,
    },
  );
}
