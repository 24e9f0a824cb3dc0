import { resolve } from 'node:path';
import { readCaBundle } from '../host/ca-bundle.ts';
import { trimLog } from '../host/log-recorder.ts';
import { AppRun } from './app-run.ts';
import { appServices } from './app-services.ts';
import { findDroplet } from './find-droplet.ts';
import { appFacts } from './identity.ts';
import type { PushRequest } from './request.ts';
import { resolveStack } from './resolve-stack.ts';
import { runningApp, type RunningApp } from './running-app.ts';
import { sweep } from './sweep.ts';
import { disposeAll, together } from './together.ts';
import type { Workbench } from './workbench.ts';

/** `cfstage run DROPLET.tgz|APP`: droplet → LaunchPlan → launcher → a running app, without staging. */
export async function run(
  target: string,
  request: PushRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<RunningApp> {
  const startedAt = performance.now();
  const { cell, home, emit } = workbench;
  const droplet = await findDroplet(target, request, workbench, signal);
  const { app } = droplet;
  const services = await appServices(app, droplet.servicesFile, 'app');
  for (const message of services.warnings) await emit({ type: 'warning', message });
  await Promise.all([sweep(workbench, { app: app.name }), trimLog(home, app.name)]);
  const [stack, caCertificates] = await together(
    signal,
    (abort) => resolveStack(droplet.stack, request.stackPolicy, cell.engine, emit, abort),
    async () =>
      request.caCert === undefined ? [] : await readCaBundle(resolve(request.cwd, request.caCert)),
  );
  const facts = appFacts(app, request.domain);
  const settings = { ...request, app, facts, stack, services, caCertificates };
  const appRun = await AppRun.open(settings, request, workbench);
  const wanted = AbortSignal.any([signal, appRun.signal]);
  try {
    await appRun.openRoutes();
    appRun.begin(droplet, Promise.resolve(droplet));
    await appRun.started(startedAt, wanted);
    return runningApp(appRun);
  } catch (error) {
    await disposeAll(appRun);
    throw error;
  }
}
