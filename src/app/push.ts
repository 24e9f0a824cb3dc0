import { prepareAppContainer } from '../launcher/app-container.ts';
import { launch } from '../launcher/launcher.ts';
import { publishAddress } from '../engine/publish-address.ts';
import { requireFreePort } from '../host/free-port.ts';
import { AppRoutes } from './app-routes.ts';
import { beginIdentity, issuerFor } from './container-identity.ts';
import { keepDroplet } from './keep-droplet.ts';
import { instanceContainer, instanceSettings, planInstance } from './plan-instance.ts';
import { prepareStaging, type PreparedStaging } from './prepare-staging.ts';
import { replaceOlder } from './replace-older.ts';
import type { PushRequest } from './request.ts';
import { requireStartCommand } from './require-start-command.ts';
import { announce, type RunningApp } from './running-app.ts';
import { requireStaged, stagePrepared } from './stage-app.ts';
import { stackOnEngine } from './resolve-stack.ts';
import { sweep } from './sweep.ts';
import { disposeAll, together } from './together.ts';
import type { Workbench } from './workbench.ts';

/** `cfstage push`: manifest → StagingPlan → stager → droplet → LaunchPlan → launcher → a running app. */
export async function push(
  request: PushRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<RunningApp> {
  const startedAt = performance.now();
  const stagingIdentity = beginIdentity(workbench.home);
  await using prepared = await prepareStaging(request, workbench, stackOnEngine(request, workbench), signal);
  await sweep(workbench, { app: prepared.app.name });
  if (workbench.cell.engine.isLocal && request.port !== 0) await requireFreePort(request.port);
  const settings = instanceSettings({
    ...prepared,
    ...request,
    hasCaCertificates: hasCaCertificates(prepared),
  });
  const { cell, emit } = workbench;
  const spec = instanceContainer(settings, publishAddress(cell.engine));
  const issueCredentials = issuerFor(beginIdentity(workbench.home), settings.instanceGuid, settings.facts);
  const files = { ...prepared.inputs, issueCredentials };
  // Neither container needs the other, and making them takes longer than a small staging.
  const [staged, container, routes] = await together(
    signal,
    (abort) => stagePrepared(prepared, stagingIdentity, workbench, abort),
    (abort) => prepareAppContainer(cell, { app: settings.app.name, role: 'app' }, spec, files, abort),
    () => AppRoutes.open(settings.app.name, request.routerPort, workbench),
  );
  try {
    requireStaged(staged);
    requireStartCommand(staged.result, settings.app);
    await emit({
      type: 'notice',
      message: `\nWaiting for app ${settings.app.name} to start...\n\nInstances starting...`,
    });
    const plan = planInstance(settings, staged, publishAddress(cell.engine));
    const { read: started } = await keepDroplet(
      prepared,
      staged,
      workbench,
      (tar, bytes, abort) => launch(plan, container, { tar, bytes }, { cellId: cell.id, emit }, abort),
      signal,
    );
    // Routed to before the older ones go, so that there is always one that answers.
    const urls = await routes.serve(started, prepared.facts, cell.engine.host);
    await replaceOlder(plan.app, workbench);
    const buildpacks = prepared.plan.buildpacks.map(({ key }) => key);
    const facts = { stack: prepared.stack.name, buildpacks, routes: urls };
    return await announce(started, facts, workbench, startedAt, () => disposeAll(staged, routes));
  } catch (error) {
    await Promise.all([container.remove(), disposeAll(staged, routes)]);
    throw error;
  }
}

function hasCaCertificates({ inputs }: PreparedStaging): boolean {
  return inputs.caCertificates.length > 0;
}
