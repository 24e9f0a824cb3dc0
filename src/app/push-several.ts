import { severalApps } from './read-app.ts';
import { push } from './push.ts';
import type { PushRequest } from './request.ts';
import type { RunningApp } from './running-app.ts';
import { together } from './together.ts';
import type { Workbench } from './workbench.ts';

/**
 * Pushes what a request means: one app, or all apps of a manifest side by side, which then share a private network.
 * When one of them fails the others are stopped.
 */
export async function pushAll(
  request: PushRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<readonly RunningApp[]> {
  const names = await severalApps(request);
  const requests = names.length === 0 ? [request] : names.map((appName) => ({ ...request, appName }));
  if (names.length > 0) await workbench.emit({ type: 'several-apps', apps: names });
  return await together(
    signal,
    ...requests.map((one) => (abort: AbortSignal) => push(one, workbench, abort)),
  );
}
