import type { InstanceEnd } from '../launcher/instance.ts';
import type { StartedInstance } from '../launcher/launcher.ts';
import type { Workbench } from './workbench.ts';

/** An app that has started. Disposing stops it. */
export interface RunningApp extends AsyncDisposable {
  readonly name: string;
  /** Its own port. */
  readonly url: string;
  /** Through the router, one for each route. */
  readonly routes: readonly string[];
  readonly containerId: string;
  /** How it ends, once its container is gone. */
  readonly ended: Promise<InstanceEnd>;
  stop(): Promise<void>;
}

/** Tells that an instance has started and where it is reached. */
export async function announce(
  { instance, hostPort }: StartedInstance,
  facts: {
    readonly stack: string;
    readonly buildpacks: readonly string[];
    readonly routes: readonly string[];
  },
  { cell, emit }: Workbench,
  startedAt: number,
  /** What goes with the app or before it; the app has ended only when that has, too. */
  release: () => Promise<void>,
): Promise<RunningApp> {
  const name = instance.plan.app;
  const url = `http://${cell.engine.host}:${hostPort}`;
  const containerId = instance.container.id;
  const durationMs = Math.round(performance.now() - startedAt);
  const { processType, sidecars, main, container } = instance.plan;
  await emit({
    type: 'app-started',
    app: name,
    url,
    containerId,
    durationMs,
    summary: {
      name,
      routes: facts.routes,
      stack: facts.stack,
      buildpacks: facts.buildpacks,
      processType,
      sidecars: sidecars.map((sidecar) => sidecar.name),
      memoryMb: container.memoryMb,
      startCommand: main.command,
    },
  });
  const ended = instance.ended.finally(release).then(async (end) => {
    await emit({ type: 'app-stopped', app: name, reason: end.kind === 'stopped' ? 'stopped' : end.reason });
    return end;
  });
  ended.catch(() => undefined);
  const stop = async () => {
    await instance.stop();
    await ended;
  };
  return { name, url, routes: facts.routes, containerId, ended, stop, [Symbol.asyncDispose]: stop };
}
