import type { SlotEnd } from '../launcher/supervised-instance.ts';
import type { AppRun } from './app-run.ts';
import type { AppStatus } from './app-status.ts';

/** An app that has started. Disposing stops it. */
export interface RunningApp extends AsyncDisposable {
  readonly name: string;
  /** The port of web/0 itself, as it was at the start; empty when no instance of web was wanted. */
  readonly url: string;
  /** Through the router, one for each route. */
  readonly routes: readonly string[];
  /** Of web/0, as it was at the start. */
  readonly containerId: string;
  /** How it ends, once its containers are gone. Rejects when the engine goes away. */
  readonly ended: Promise<SlotEnd>;
  /** How it is now, with all instances. */
  status(): AppStatus;
  /** Replaces all instances. Raises APP_CRASHED and START_TIMEOUT. */
  restart(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** A run that has started, for those who use it. */
export function runningApp(run: AppRun): RunningApp {
  const status = run.status();
  const web = status.processes.find(({ type }) => type === 'web')?.instances[0];
  return {
    name: status.name,
    url: web?.url ?? '',
    routes: status.routes,
    containerId: web?.container?.id ?? '',
    ended: run.ended,
    status: () => run.status(),
    restart: (signal) => run.restart(signal),
    stop: () => run.stop(),
    [Symbol.asyncDispose]: () => run[Symbol.asyncDispose](),
  };
}
