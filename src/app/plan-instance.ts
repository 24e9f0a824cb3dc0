import { CfstageError } from '../errors.ts';
import type { ContainerSpec } from '../lifecycle/container-spec.ts';
import type { PortShape } from '../lifecycle/instance-ports.ts';
import type { Sidecar } from '../lifecycle/process.ts';
import { sidecarMemoryProblem } from '../lifecycle/memory-limit.ts';
import { mergeSidecars, sidecarsOf } from '../lifecycle/sidecar-conflicts.ts';
import type { StagingResult } from '../lifecycle/staging-result.ts';
import type { StagingInfo } from '../lifecycle/staging-info.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
import type { AppManifest, ProcessManifest } from '../manifest/manifest.ts';
import type { LaunchPlan } from '../plan/launch-plan.ts';
import { planLaunch } from '../plan/plan-launch.ts';
import type { DeliveredServices } from '../services/deliver-services.ts';
import { webProcess } from './app-settings.ts';
import { newInstanceGuid } from './identity.ts';
import type { ResolvedStack } from './resolve-stack.ts';

/** What is known of an instance before its droplet is. */
export interface InstanceSettings {
  readonly app: AppManifest;
  readonly facts: AppFacts;
  readonly stack: ResolvedStack;
  readonly services: DeliveredServices;
  readonly instanceGuid: string;
  readonly port: number;
  readonly portShape: PortShape;
  readonly hasCaCertificates: boolean;
}

/** What a droplet says about how to run it. */
export interface DropletFacts {
  readonly result: Partial<Pick<StagingResult, 'processes' | 'sidecars' | 'lifecycle_metadata'>>;
  readonly stagingInfo: StagingInfo | undefined;
}

export function instanceSettings(known: Omit<InstanceSettings, 'instanceGuid'>): InstanceSettings {
  return { ...known, instanceGuid: newInstanceGuid() };
}

/** The container of an instance; it does not depend on the droplet. */
export function instanceContainer(settings: InstanceSettings, hostAddress: string): ContainerSpec {
  return planInstance(settings, { result: {}, stagingInfo: undefined }, hostAddress).container;
}

/** Droplet and settings → LaunchPlan. Raises SIDECAR_CONFLICT. */
export function planInstance(
  settings: InstanceSettings,
  droplet: DropletFacts,
  hostAddress: string,
): LaunchPlan {
  const { app, facts, stack } = settings;
  const process = webProcess(app);
  const sidecars = mergeSidecars(app.sidecars.map(userSidecar), droplet.result.sidecars ?? []);
  requireMemoryFor(process, sidecars);
  return planLaunch({
    app: facts,
    process,
    processGuid: facts.guid,
    processes: droplet.result.processes ?? [],
    sidecars,
    stagingInfo: droplet.stagingInfo,
    userEnvironment: app.env,
    services: settings.services.delivery,
    certificates: { systemCertificates: settings.hasCaCertificates, instanceIdentity: true },
    instance: { guid: settings.instanceGuid, index: 0 },
    image: stack.image,
    ...(stack.platform === undefined ? {} : { platform: stack.platform }),
    publish: { hostPort: settings.port, hostAddress },
    portShape: settings.portShape,
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

function userSidecar({ name, command, processTypes, memoryMb }: AppManifest['sidecars'][number]): Sidecar {
  return {
    name,
    command,
    process_types: processTypes,
    ...(memoryMb === undefined ? {} : { memory: memoryMb }),
  };
}
