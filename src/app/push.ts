import { AppRun } from './app-run.ts';
import { beginIdentity } from './container-identity.ts';
import { holdDroplet } from './held-droplet.ts';
import { keepDroplet } from './keep-droplet.ts';
import { prepareStaging } from './prepare-staging.ts';
import { recordTraffic } from './record-traffic.ts';
import type { PushRequest } from './request.ts';
import { requireProcesses } from './require-processes.ts';
import { requireStartCommands } from './require-start-commands.ts';
import { stackOnEngine } from './resolve-stack.ts';
import { runningApp, type RunningApp } from './running-app.ts';
import { requireStaged, stagePrepared } from './stage-app.ts';
import { sweep } from './sweep.ts';
import { disposeAll, together } from './together.ts';
import { TrafficLedger } from './traffic-ledger.ts';
import type { Workbench } from './workbench.ts';

/** `cfstage push`: manifest → StagingPlan → stager → droplet → LaunchPlan → launcher → a running app. */
export async function push(
  request: PushRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<RunningApp> {
  const startedAt = performance.now();
  const { home, emit } = workbench;
  const identity = beginIdentity(home);
  await using prepared = await prepareStaging(request, workbench, stackOnEngine(request, workbench), signal);
  const { name } = prepared.app;
  const ledger = new TrafficLedger(name, emit);
  await sweep(workbench, { app: name });
  const settings = { ...request, ...prepared, caCertificates: prepared.inputs.caCertificates };
  const bench = recordTraffic(request, ledger, workbench);
  const run = await AppRun.open(settings, request, bench);
  const wanted = AbortSignal.any([signal, run.signal]);
  try {
    const services = await run.openServices(wanted);
    // Neither container needs the other, and making them takes longer than a small staging.
    const [staging] = await together(
      wanted,
      (abort) => stagePrepared(prepared, identity, services, ledger, bench, abort),
      (abort) => run.prepareFirst(abort),
      () => run.openRoutes(),
    );
    await using staged = staging;
    requireStaged(staged);
    requireStartCommands(staged.result, settings.app);
    requireProcesses(request.overrides.processes, settings.app, staged);
    await emit({ type: 'notice', message: `\nWaiting for app ${name} to start...\n\nInstances starting...` });
    await keepDroplet(
      prepared,
      staged,
      workbench,
      async (stream, stored, abort) => {
        await run.fillFirst(staged, stream, abort);
        run.begin(
          staged,
          stored.then((kept) => holdDroplet(home, kept)),
        );
      },
      wanted,
    );
    await run.started(startedAt, wanted);
    return runningApp(run, ledger);
  } catch (error) {
    await disposeAll(run);
    throw error;
  }
}
