import { parseBuildpackReference } from '../buildpack/buildpack-reference.ts';
import { openBuildpack } from '../host/buildpack-source.ts';
import { ImageCache } from '../host/image-cache.ts';
import { locateBuildpack } from '../host/locate-buildpack.ts';
import { readStackDefinitions } from '../host/stack-definitions.ts';
import { stagingError } from '../lifecycle/exit-codes.ts';
import { findStack, type StackPolicy } from '../stack/stack-choice.ts';
import { standInImage } from '../stack/stand-in.ts';
import { resolveStack } from './resolve-stack.ts';
import { together } from './together.ts';
import type { Workbench } from './workbench.ts';

export interface CiSetupRequest {
  /** Names. */
  readonly stacks: readonly string[];
  /** Registered names and URLs, downloaded ahead. */
  readonly buildpacks: readonly string[];
  readonly stackPolicy?: StackPolicy;
}

/** What a CI machine has after it. */
export interface CiSetup {
  readonly stacks: readonly { readonly name: string; readonly image: string; readonly fromCache: boolean }[];
  /** Folders to keep from one run to the next. */
  readonly cacheFolders: readonly string[];
}

/**
 * `cfstage ci-setup`: the stacks on the engine, from the state folder where it has them, and in it for the next time; the
 * downloads of buildpacks as well. Raises STACK_UNKNOWN, STACK_UNAVAILABLE, BUILDPACK_DOWNLOAD_FAILED, DISK_FULL.
 */
export async function ciSetup(
  { stacks, buildpacks, stackPolicy }: CiSetupRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<CiSetup> {
  const { home } = workbench;
  const [ready] = await together(
    signal,
    (abort: AbortSignal) =>
      Promise.all(stacks.map((name) => setUpStack(name, stackPolicy, workbench, abort))),
    (abort: AbortSignal) => Promise.all(buildpacks.map((key) => fetchBuildpack(key, workbench, abort))),
  );
  return { stacks: ready, cacheFolders: [home.images, home.downloads] };
}

async function setUpStack(
  name: string,
  policy: StackPolicy | undefined,
  { cell: { engine }, home, emit }: Workbench,
  signal: AbortSignal,
): Promise<CiSetup['stacks'][number]> {
  const { image } = findStack(name, await readStackDefinitions());
  const cache = new ImageCache(home);
  let fromCache = false;
  for (const reference of policy === 'stand-in' ? [standInImage(name)] : [image, standInImage(name)]) {
    const [kept, present] = await Promise.all([cache.find(reference), engine.image(reference)]);
    if (present !== undefined) break;
    if (kept === undefined) continue;
    await emit({ type: 'notice', message: `Loading ${reference} from ${home.images}...` });
    await engine.loadImage(kept.open(), signal);
    fromCache = true;
    break;
  }
  const stack = await resolveStack(name, policy, engine, emit, signal);
  const [kept, present] = await Promise.all([cache.find(stack.image), engine.image(stack.image)]);
  if (present !== undefined && kept?.id !== present.id) {
    await emit({ type: 'notice', message: `Keeping ${stack.image} in ${home.images}...` });
    await cache.keep(stack.image, present.id, await engine.saveImage(stack.image, signal), signal);
  }
  return { name, image: stack.image, fromCache };
}

async function fetchBuildpack(key: string, { home, emit }: Workbench, signal: AbortSignal): Promise<void> {
  const reference = parseBuildpackReference(key);
  if ('failure' in reference) throw stagingError(reference.failure);
  const onProgress = ({
    url,
    receivedBytes,
    totalBytes = 0,
  }: {
    url: string;
    receivedBytes: number;
    totalBytes?: number;
  }) =>
    void emit({ type: 'progress', what: `Downloading ${url}`, received: receivedBytes, total: totalBytes });
  await using _buildpack = await openBuildpack(await locateBuildpack(reference.value, home), {
    home,
    onProgress,
    signal,
  });
}
