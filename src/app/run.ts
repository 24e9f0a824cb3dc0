import { AppRun } from './app-run.ts';
import type { AppSettings } from './app-settings.ts';
import { dropletSurroundings } from './droplet-surroundings.ts';
import { findDroplet, type FoundDroplet } from './find-droplet.ts';
import { appFacts } from './identity.ts';
import { recordTraffic } from './record-traffic.ts';
import { requireProcesses } from './require-processes.ts';
import type { PushRequest } from './request.ts';
import { runningApp, type RunningApp } from './running-app.ts';
import { sweep } from './sweep.ts';
import { disposeAll, together } from './together.ts';
import { TrafficLedger } from './traffic-ledger.ts';
import type { Workbench } from './workbench.ts';

/** `cfstage run DROPLET.tgz|APP`: droplet → LaunchPlan → launcher → a running app, without staging. */
export async function runDroplet(
  target: string,
  request: PushRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<RunningApp> {
  const startedAt = performance.now();
  const droplet = await findDroplet(target, request, workbench, signal);
  const ledger = new TrafficLedger(droplet.app.name, workbench.emit);
  const bench = recordTraffic(request, ledger, workbench);
  const run = await openRun(droplet, request, bench, signal).catch(async (error: unknown) => {
    await disposeAll(droplet);
    throw error;
  });
  const wanted = AbortSignal.any([signal, run.signal]);
  try {
    await Promise.all([run.openServices(wanted), run.openRoutes()]);
    run.begin(droplet, Promise.resolve(droplet));
    await run.started(startedAt, wanted);
    return runningApp(run, ledger);
  } catch (error) {
    await disposeAll(run);
    throw error;
  }
}

async function openRun(
  droplet: FoundDroplet,
  request: PushRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<AppRun> {
  const { app } = droplet;
  requireProcesses(request.overrides.processes, app, droplet);
  const [around] = await together(
    signal,
    (abort) => dropletSurroundings(droplet, 'app', request, workbench, abort),
    () => sweep(workbench, { app: app.name }),
  );
  const settings: AppSettings = { ...request, ...around, app, facts: appFacts(app, request.domain) };
  return await AppRun.open(settings, request, workbench);
}
