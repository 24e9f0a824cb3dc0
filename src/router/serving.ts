import type { Endpoint } from './endpoint.ts';
import type { Router } from './router.ts';

/** Where the routes of a router come from. */
export interface RouteSource {
  /** The endpoints of all sessions that live. */
  endpoints(): Promise<readonly Endpoint[]>;
  /** Calls back soon after they have changed. */
  watch(changed: () => void): Promise<Disposable>;
}

/** Sessions that were killed leave their routes behind; nothing tells of that. */
const STALE_CHECK_MS = 5_000;

/** A router with its routes. Disposing ends it. */
export interface Serving extends AsyncDisposable {
  /** Gives the port free at once. */
  stopListening(): void;
}

/** Keeps the routes of a router those of all sessions until it is disposed of, and the router with it. */
export async function serveRoutes(router: Router, source: RouteSource): Promise<Serving> {
  const update = () => router.updateFrom(() => source.endpoints());
  // What cannot be read now stays as it was.
  const updateSoon = () => void update().catch(() => undefined);
  try {
    const watching = await source.watch(updateSoon);
    await update();
    const timer = setInterval(updateSoon, STALE_CHECK_MS).unref();
    return {
      stopListening: () => router.stopListening(),
      [Symbol.asyncDispose]: async () => {
        clearInterval(timer);
        watching[Symbol.dispose]();
        await router[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await router[Symbol.asyncDispose]();
    throw error;
  }
}
