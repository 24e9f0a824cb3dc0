import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { checkDroplet, readDroplet } from '../archive/droplet-archive.ts';
import { CfstageError } from '../errors.ts';
import { readStateText } from '../host/app-store.ts';
import { readCaBundle } from '../host/ca-bundle.ts';
import { requireFreePort } from '../host/free-port.ts';
import { prepareAppContainer } from '../launcher/app-container.ts';
import { launch } from '../launcher/launcher.ts';
import { publishAddress } from '../engine/publish-address.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import { parseStagingInfo } from '../lifecycle/staging-info.ts';
import type { StagingResult } from '../lifecycle/staging-result.ts';
import type { AppManifest } from '../manifest/manifest.ts';
import { AppRoutes } from './app-routes.ts';
import { appServices, findServicesFile, requireServicesFile } from './app-services.ts';
import { beginIdentity, issuerFor } from './container-identity.ts';
import { openStoredDroplet, requireDroplet } from './droplet-store.ts';
import { appFacts } from './identity.ts';
import { instanceContainer, instanceSettings, planInstance, type DropletFacts } from './plan-instance.ts';
import { readApp } from './read-app.ts';
import { replaceOlder } from './replace-older.ts';
import type { PushRequest } from './request.ts';
import { DEFAULT_STACK, resolveStack } from './resolve-stack.ts';
import { announce, type RunningApp } from './running-app.ts';
import { sweep } from './sweep.ts';
import { disposeAll, together } from './together.ts';
import type { Workbench } from './workbench.ts';

/** A droplet to run, from the state folder or from a file. */
interface RunnableDroplet extends DropletFacts {
  readonly app: AppManifest;
  readonly stack: string;
  readonly servicesFile: string | undefined;
  open(signal: AbortSignal): Readable;
}

/** `cfstage run DROPLET.tgz|APP`: droplet → LaunchPlan → launcher → a running app, without staging. */
export async function run(
  target: string,
  request: PushRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<RunningApp> {
  const startedAt = performance.now();
  const { cell, emit } = workbench;
  const droplet =
    (await dropletFromFile(target, request, signal)) ?? (await dropletOfApp(target, request, workbench));
  const services = await appServices(droplet.app, droplet.servicesFile, 'app');
  for (const message of services.warnings) await emit({ type: 'warning', message });
  const identity = beginIdentity(workbench.home);
  await sweep(workbench, { app: droplet.app.name });
  if (cell.engine.isLocal && request.port !== 0) await requireFreePort(request.port);
  const [stack, caCertificates] = await together(
    signal,
    (abort) => resolveStack(droplet.stack, request.stackPolicy, cell.engine, emit, abort),
    async () =>
      request.caCert === undefined ? [] : await readCaBundle(resolve(request.cwd, request.caCert)),
  );
  const facts = appFacts(droplet.app, request.domain);
  const hasCaCertificates = caCertificates.length > 0;
  const settings = instanceSettings({
    ...request,
    app: droplet.app,
    facts,
    stack,
    services,
    hasCaCertificates,
  });
  const plan = planInstance(settings, droplet, publishAddress(cell.engine));
  const spec = instanceContainer(settings, publishAddress(cell.engine));
  const issueCredentials = issuerFor(identity, settings.instanceGuid, facts);
  const files = { caCertificates, serviceFiles: services.files, issueCredentials };
  const container = await prepareAppContainer(
    cell,
    { app: droplet.app.name, role: 'app' },
    spec,
    files,
    signal,
  );
  let bytes = 0;
  const tar = droplet.open(signal);
  tar.on('data', (chunk: Buffer) => (bytes += chunk.length));
  tar.pause();
  const started = await launch(
    plan,
    container,
    { tar, bytes: () => bytes },
    { cellId: cell.id, emit },
    signal,
  );
  const routes = await AppRoutes.open(plan.app, request.routerPort, workbench).catch(
    async (error: unknown) => {
      await container.remove();
      throw error;
    },
  );
  try {
    const urls = await routes.serve(started, facts, cell.engine.host);
    await replaceOlder(plan.app, workbench);
    const buildpacks = (droplet.result.lifecycle_metadata?.buildpacks ?? []).map(({ key }) => key);
    const shown = { stack: stack.name, buildpacks, routes: urls };
    return await announce(started, shown, workbench, startedAt, () => disposeAll(routes));
  } catch (error) {
    await Promise.all([container.remove(), disposeAll(routes)]);
    throw error;
  }
}

async function dropletOfApp(
  name: string,
  request: PushRequest,
  { home }: Workbench,
): Promise<RunnableDroplet> {
  const stored = await requireDroplet(home, name);
  const servicesFile =
    request.servicesFile === undefined && stored.servicesFile !== undefined
      ? await requireServicesFile(name, stored.servicesFile)
      : await findServicesFile(request, { ...stored, manifestPath: undefined });
  return { ...stored, servicesFile, open: () => openStoredDroplet(home, stored) };
}

/** A droplet file; its processes are those of the result.json beside it, if that is its own, else its start command. */
async function dropletFromFile(
  target: string,
  request: PushRequest,
  signal: AbortSignal,
): Promise<RunnableDroplet | undefined> {
  const path = resolve(request.cwd, target);
  const stats = await stat(path).catch(() => undefined);
  // An app may have the name of a folder here; a droplet is a file, or was meant to be one.
  if (stats?.isFile() !== true && !/\.(?:tgz|tar|tar\.gz)$/.test(target)) return undefined;
  if (stats?.isFile() !== true) {
    throw new CfstageError('DROPLET_INVALID', `There is no droplet file at ${path}`, {
      hint: 'Name a file made by `cfstage stage --output DIR`, or an app that was staged before.',
    });
  }
  const info = parseStagingInfo(await checkDroplet(createReadStream(path), signal));
  if ('error' in info) {
    throw new CfstageError('DROPLET_INVALID', info.error, { hint: 'Stage the app again.' });
  }
  const name = request.appName ?? basename(path).replace(/\.(?:tgz|tar|tar\.gz)$/, '');
  const requested = await readApp({ ...request, appName: name });
  const { app } = requested;
  return {
    app,
    servicesFile: await findServicesFile(request, requested),
    stack: app.stack ?? DEFAULT_STACK,
    result: (await resultBeside(path)) ?? {},
    stagingInfo: info.info,
    open: (abort) => readDroplet(createReadStream(path), VCAP, abort).tar,
  };
}

async function resultBeside(droplet: string): Promise<StagingResult | undefined> {
  const path = join(dirname(droplet), 'result.json');
  const text = await readStateText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as StagingResult;
  } catch (error) {
    throw new CfstageError('DROPLET_INVALID', `${path} is not JSON`, {
      hint: 'Remove it, or stage the app again.',
      cause: error,
    });
  }
}
