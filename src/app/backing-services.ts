import type { Container } from '../engine/engine.ts';
import type { BackedInstance } from '../services/service-instance.ts';
import { RunningService } from './running-service.ts';
import type { ServiceUse } from './service-container.ts';
import { ensureServiceImage } from './service-image.ts';
import { disposeAll, together } from './together.ts';
import type { Workbench } from './workbench.ts';

/** The backing services of one run of an app. Disposing gives them up; the app's containers must be gone by then. */
export interface BackingServices extends AsyncDisposable {
  /** Resolves when each of them accepts connections from a container of ours. Raises SERVICE_UNAVAILABLE. */
  readonly awaitFrom: (container: Container, signal: AbortSignal) => Promise<void>;
}

/**
 * Resolves once the images are there, the network must be; the services go on starting, and `awaitFrom` tells how that went.
 * Raises SERVICE_UNAVAILABLE.
 */
export async function startBackingServices(
  instances: readonly BackedInstance[],
  use: ServiceUse,
  bench: Workbench,
  signal: AbortSignal,
): Promise<BackingServices> {
  if (instances.length > 0) {
    const perImage = new Map(instances.map((instance) => [instance.backing.image, instance]));
    await together(
      signal,
      ...[...perImage.values()].map(
        (instance) => (abort: AbortSignal) => ensureServiceImage(instance, bench, abort),
      ),
    );
  }
  const given = new AbortController();
  const starting = instances.map((instance) =>
    RunningService.start(instance, use, bench, AbortSignal.any([signal, given.signal])),
  );
  for (const start of starting) start.catch(() => undefined);
  const awaitFrom = async (container: Container, abort: AbortSignal) => {
    await together(
      abort,
      ...starting.map((start) => async (either: AbortSignal) => {
        await (await start).awaitFrom(container, either);
      }),
    );
  };
  const giveUp = async () => {
    given.abort();
    const settled = await Promise.allSettled(starting);
    await disposeAll(...settled.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : [])));
  };
  let givenUp: Promise<void> | undefined;
  return { awaitFrom, [Symbol.asyncDispose]: () => (givenUp ??= giveUp()) };
}
