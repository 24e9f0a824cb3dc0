import { randomInt, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createBuildpackHash } from '../buildpack/buildpack-hash.ts';
import { readAppBits } from '../host/app-bits.ts';
import { appFiles } from '../host/app-store.ts';
import { readCaBundle } from '../host/ca-bundle.ts';
import type { Home } from '../host/home.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
import type { AppManifest } from '../manifest/manifest.ts';
import { planStaging } from '../plan/plan-staging.ts';
import { networkPlace } from '../plan/private-network.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { StagingInputs } from '../stager/staging-trees.ts';
import type { StoredCache } from '../stager/staging-container.ts';
import { appFacts } from './identity.ts';
import { openBuildpacks, type BuildpackOpener } from './open-buildpacks.ts';
import { appServices, findServicesFile, type AppServices } from './app-services.ts';
import { webProcess } from './app-settings.ts';
import { readApp } from './read-app.ts';
import type { RunAgain } from './droplet-store.ts';
import { planProxy, type PlannedProxy } from './staging-proxy.ts';
import type { PushRequest, StageRequest } from './request.ts';
import { DEFAULT_STACK, type ResolvedStack, type StackFinder } from './resolve-stack.ts';
import { together } from './together.ts';
import { homeId, type LocalBench } from './workbench.ts';

/** What tells one staging from the next. */
export interface StagingIdentity {
  /** Of the build, and the name of its container. */
  readonly buildGuid: string;
  /** Digits of its contents directory. */
  readonly contentsSuffix: string;
  /** The version of the app; absent: a new one. */
  readonly version?: string;
}

export function newStagingIdentity(): StagingIdentity {
  return { buildGuid: randomUUID(), contentsSuffix: String(randomInt(1e8, 1e10)) };
}

/** A staging that is decided and whose inputs are at hand. Disposing releases the inputs. */
export interface PreparedStaging extends AsyncDisposable {
  readonly app: AppManifest;
  readonly facts: AppFacts;
  readonly manifestPath: string | undefined;
  readonly stack: ResolvedStack;
  readonly plan: StagingPlan;
  readonly services: AppServices;
  readonly inputs: Omit<StagingInputs, 'issueCredentials' | 'awaitServices'>;
  readonly cache: StoredCache | undefined;
  /** What its scripts are told to go through; it has to be opened before they run. */
  readonly proxy: PlannedProxy | undefined;
  readonly run: RunAgain;
  readonly recordChanges: boolean;
}

/** Manifest → StagingPlan, with all that has to be found and fetched for it. */
export async function prepareStaging(
  request: StageRequest,
  bench: LocalBench,
  findStack: StackFinder,
  signal: AbortSignal,
  identity: StagingIdentity = newStagingIdentity(),
  open?: BuildpackOpener,
  proxyOf: typeof planProxy = planProxy,
): Promise<PreparedStaging> {
  const { home, emit } = bench;
  const requested = await readApp(request);
  const { app, bitsPath, manifestPath } = requested;
  const services = await appServices(app, await findServicesFile(request, requested), 'staging task');
  for (const message of [...requested.warnings, ...services.warnings])
    await emit({ type: 'warning', message });
  const stackName = app.stack ?? DEFAULT_STACK;
  const { buildGuid, contentsSuffix, version } = identity;
  const [stack, order, bits, givenCertificates, cache, hash, proxy] = await together(
    signal,
    (abort) => findStack(stackName, abort),
    (abort) => openBuildpacks(app.buildpacks, stackName, request, bench, abort, open),
    (abort) => readAppBits(bitsPath, abort),
    () => caBundle(request),
    () => storedCache(home, app.name, stackName, request.clearCache),
    () => createBuildpackHash(),
    () => proxyOf(request, buildGuid),
  );
  const caCertificates = [...givenCertificates, ...(proxy?.certificates ?? [])];
  const facts = { ...appFacts(app, request.domain), ...(version === undefined ? {} : { version }) };
  const plan = planStaging({
    app: facts,
    webMemoryMb: webProcess(app).memoryMb,
    webLogRateLimitBytes: webProcess(app).logRateLimitBytes,
    ...(proxy === undefined ? {} : { group: proxy.variables }),
    userEnvironment: app.env,
    services: services.delivery,
    certificates: { systemCertificates: caCertificates.length > 0, instanceIdentity: true },
    stack: stackName,
    image: stack.image,
    ...(stack.platform === undefined ? {} : { platform: stack.platform }),
    buildpacks: order.buildpacks.map(({ candidate }) => candidate),
    skipDetect: order.skipDetect,
    downloads: order.buildpacks.flatMap(({ key, source }) =>
      source.downloadedBytes === undefined ? [] : [{ url: key, bytes: source.downloadedBytes }],
    ),
    buildGuid,
    contentsSuffix,
    ...(services.backed.length === 0 && !request.offline && proxy === undefined
      ? {}
      : { place: networkPlace(homeId(home.root), request.offline) }),
    hash,
    timeoutSeconds: request.stagingTimeoutSeconds,
  });
  return {
    app,
    facts,
    manifestPath,
    stack,
    plan,
    services,
    inputs: {
      bits,
      buildpacks: order.buildpacks.map(({ source }) => source),
      caCertificates,
      serviceFiles: services.files,
      recordsCacheUse: request.recordCacheUse ?? false,
    },
    cache,
    proxy,
    run: runAgain(request),
    recordChanges: request.recordChanges,
    [Symbol.asyncDispose]: () => order[Symbol.asyncDispose](),
  };
}

function runAgain(request: StageRequest & Partial<PushRequest>): RunAgain {
  const { domain, port = 0, portShape = 'envoy', stackPolicy, caCert, cwd, offline } = request;
  return {
    domain,
    port,
    portShape,
    ...(stackPolicy === undefined ? {} : { stackPolicy }),
    ...(offline ? { offline } : {}),
    ...(caCert === undefined ? {} : { caCert: resolve(cwd, caCert) }),
  };
}

async function caBundle({ caCert, cwd }: StageRequest): Promise<readonly string[]> {
  return caCert === undefined ? [] : await readCaBundle(resolve(cwd, caCert));
}

async function storedCache(
  home: Home,
  app: string,
  stack: string,
  clear: boolean,
): Promise<StoredCache | undefined> {
  if (clear) return undefined;
  const path = appFiles(home, app).cache(stack);
  const stats = await stat(path).catch(() => undefined);
  return stats === undefined ? undefined : { bytes: stats.size, open: () => createReadStream(path) };
}
