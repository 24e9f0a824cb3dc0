import { CfstageError } from '../errors.ts';
import type { ContainerSpec, PublishedPort } from '../lifecycle/container-spec.ts';
import type { Sidecar } from '../lifecycle/process.ts';
import { sidecarMemoryProblem } from '../lifecycle/memory-limit.ts';
import { mergeSidecars, sidecarsOf } from '../lifecycle/sidecar-conflicts.ts';
import type { StagingResult } from '../lifecycle/staging-result.ts';
import type { StagingInfo } from '../lifecycle/staging-info.ts';
import type { AppManifest, ProcessManifest } from '../manifest/manifest.ts';
import type { LaunchPlan } from '../plan/launch-plan.ts';
import { planLaunch } from '../plan/plan-launch.ts';
import { internalHosts, networkPlace } from '../plan/private-network.ts';
import type { AppSettings, PlannedSlot } from './app-settings.ts';
import { stableGuid } from './identity.ts';

/** What a droplet says about how to run it. */
export interface DropletFacts {
  readonly result: Partial<Pick<StagingResult, 'processes' | 'sidecars' | 'lifecycle_metadata'>>;
  readonly stagingInfo: StagingInfo | undefined;
}

/** One new instance: its place, its guid, and where the engine publishes its port. */
export interface InstanceFacts extends PlannedSlot {
  readonly guid: string;
  readonly publish: Omit<PublishedPort, 'containerPort'>;
  /** State folder whose networks it is on; absent while nobody knows. */
  readonly home?: string;
}

/** The container of an instance; it does not depend on the droplet. */
export function instanceContainer(settings: AppSettings, instance: InstanceFacts): ContainerSpec {
  return planInstance(settings, instance, { result: {}, stagingInfo: undefined }).container;
}

/** Settings, place and droplet → LaunchPlan. Raises SIDECAR_CONFLICT. */
export function planInstance(
  settings: AppSettings,
  { process, index, guid, publish, home }: InstanceFacts,
  droplet: DropletFacts,
): LaunchPlan {
  const { app, facts, stack } = settings;
  const sidecars = mergeSidecars(app.sidecars.map(userSidecar), droplet.result.sidecars ?? []);
  requireMemoryFor(process, sidecars);
  const isWeb = process.type === 'web';
  const routes = app.routes.map(({ route }) => route);
  return planLaunch({
    app: facts,
    process,
    processGuid: isWeb ? facts.guid : stableGuid(`process:${app.name}:${process.type}`),
    processes: droplet.result.processes ?? [],
    sidecars,
    stagingInfo: droplet.stagingInfo,
    userEnvironment: app.env,
    services: settings.services.delivery,
    certificates: { systemCertificates: settings.caCertificates.length > 0, instanceIdentity: true },
    instance: { guid, index },
    image: stack.image,
    ...(stack.platform === undefined ? {} : { platform: stack.platform }),
    publish,
    portShape: settings.portShape,
    ...(home === undefined
      ? {}
      : {
          place: networkPlace(home, settings.offline, isWeb ? internalHosts(app.name, index, routes) : []),
        }),
  });
}

/** The manifest's sidecars were judged with it; those of a launch.yml are known only now. */
function requireMemoryFor({ type, memoryMb }: ProcessManifest, sidecars: readonly Sidecar[]): void {
  const problem = sidecarMemoryProblem(type, memoryMb, sidecarsOf(type, sidecars));
  if (problem === undefined) return;
  throw new CfstageError('SIDECAR_CONFLICT', problem, {
    hint: 'Give the process more memory than all of its sidecars together, those of the buildpacks included.',
  });
}

/** A sidecar of the manifest in the form of those of a droplet. */
export function userSidecar({
  name,
  command,
  processTypes,
  memoryMb,
}: AppManifest['sidecars'][number]): Sidecar {
  return {
    name,
    command,
    process_types: processTypes,
    ...(memoryMb === undefined ? {} : { memory: memoryMb }),
  };
}
