import type { TrafficRecord } from '../lifecycle/traffic-record.ts';
import type { SlotEnd } from '../launcher/supervised-instance.ts';
import type { AppRun } from './app-run.ts';
import type { AppStatus } from './app-status.ts';
import { firstWeb } from './describe-app.ts';
import type { TrafficLedger } from './traffic-ledger.ts';

/** An app that has started. Disposing stops it. */
export interface RunningApp extends AsyncDisposable {
  readonly name: string;
  /** The port of the first instance of web that runs, as it was at the start; empty when there is none. */
  readonly url: string;
  /** Through the router, one for each route. */
  readonly routes: readonly string[];
  /** Of the same instance. */
  readonly containerId: string;
  /** How it ends, once its containers are gone. Rejects when the engine goes away. */
  readonly ended: Promise<SlotEnd>;
  /** How it is now, with all instances. */
  status(): AppStatus;
  /** Replaces all instances. Raises APP_CRASHED and START_TIMEOUT. */
  restart(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
  /** What staging and all instances so far have tried to reach; empty unless that was asked for. */
  traffic(): readonly TrafficRecord[];
  /** Has all been told that its instances have tried to reach by now. */
  catchUp(): Promise<void>;
}

/** A run that has started, for those who use it. */
export function runningApp(run: AppRun, ledger: TrafficLedger): RunningApp {
  const status = run.status();
  const web = firstWeb(status);
  return {
    name: status.name,
    url: web?.url ?? '',
    routes: status.routes,
    containerId: web?.container?.id ?? '',
    ended: run.ended,
    status: () => run.status(),
    restart: (signal) => run.restart(signal),
    stop: () => run.stop(),
    traffic: () => ledger.records(),
    catchUp: () => run.catchUp(),
    [Symbol.asyncDispose]: () => run[Symbol.asyncDispose](),
  };
}
