import { APP_DIR } from '../lifecycle/container-paths.ts';
import type { CertificateFacts } from '../lifecycle/container-network.ts';
import type { PublishedPort } from '../lifecycle/container-spec.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { DEFAULT_APP_PORT, portMappings, type PortShape } from '../lifecycle/instance-ports.ts';
import { launcherEnvironment } from '../lifecycle/launcher-environment.ts';
import { INIT_ARGV } from '../lifecycle/lifecycle-files.ts';
import {
  appCpuShares,
  FILE_DESCRIPTOR_LIMIT,
  GRACEFUL_SHUTDOWN_SECONDS,
  PID_LIMIT,
} from '../lifecycle/limits.ts';
import { processSource, sidecarSource } from '../lifecycle/log-sources.ts';
import { commandOf } from '../lifecycle/merge-processes.ts';
import type { Process, Sidecar } from '../lifecycle/process.ts';
import {
  processEnvironment,
  sidecarEnvironment,
  type ProcessEnvironmentFacts,
} from '../lifecycle/process-environment.ts';
import type { ServiceDelivery } from '../lifecycle/service-delivery.ts';
import { sidecarsOf } from '../lifecycle/sidecar-conflicts.ts';
import type { StagingInfo } from '../lifecycle/staging-info.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
import type { HealthCheck, ProcessManifest } from '../manifest/manifest.ts';
import { containerName } from './container-name.ts';
import type { LaunchPlan, ProcessStep, Check } from './launch-plan.ts';
import { launcherStep } from './launcher-step.ts';
import type { NetworkPlace } from './private-network.ts';
import { UNKNOWN_NETWORK } from './network-later.ts';

/** What starting an instance is decided from. */
export interface LaunchFacts {
  readonly app: AppFacts;
  readonly process: ProcessManifest;
  readonly processGuid: string;
  /** Processes of the droplet. */
  readonly processes: readonly Process[];
  /** The user's and the buildpacks' sidecars together, of every process type. */
  readonly sidecars: readonly Sidecar[];
  readonly stagingInfo: StagingInfo | undefined;
  readonly userEnvironment: Environment;
  readonly services: ServiceDelivery;
  readonly certificates: CertificateFacts;
  readonly instance: { readonly guid: string; readonly index: number };
  readonly image: string;
  readonly platform?: string;
  readonly publish: Omit<PublishedPort, 'containerPort'>;
  /** Absent: on the engine's default network. */
  readonly place?: NetworkPlace;
  readonly portShape: PortShape;
}

/** Decides the start of one instance. Source: cloud_controller_ng diego/app_recipe_builder.rb, main_lrp_action_builder.rb. */
export function planLaunch(facts: LaunchFacts): LaunchPlan {
  const { app, process, instance } = facts;
  const port = DEFAULT_APP_PORT;
  const sidecars = sidecarsOf(process.type, facts.sidecars);
  const environment = environmentFacts(facts, sidecars, port);
  const main = processEnvironment(environment);
  return {
    app: app.name,
    processType: process.type,
    index: instance.index,
    instanceGuid: instance.guid,
    container: {
      name: containerName(app.name, process.type, instance.guid),
      image: facts.image,
      ...(facts.platform === undefined ? {} : { platform: facts.platform }),
      hostname: instance.guid,
      env: {},
      init: INIT_ARGV,
      workingDir: '/home/vcap',
      memoryMb: process.memoryMb,
      diskMb: process.diskMb,
      cpuShares: appCpuShares(process.memoryMb),
      pids: PID_LIMIT,
      nofile: FILE_DESCRIPTOR_LIMIT,
      publish: [{ ...facts.publish, containerPort: port }],
      ...facts.place,
    },
    main: processStep(
      facts,
      process.type,
      processSource(process.type, instance.index),
      process.command ?? commandOf(facts.processes, process.type) ?? '',
      main,
    ),
    sidecars: sidecars.map((sidecar) =>
      processStep(
        facts,
        sidecar.name,
        sidecarSource(process.type, sidecar.name, instance.index),
        sidecar.command,
        sidecarEnvironment(environment, sidecar),
      ),
    ),
    healthCheck: check(process.healthCheck, port),
    startTimeoutSeconds: process.healthCheck.timeoutSeconds,
    readinessCheck: check(process.readiness, port),
    sshEnv: main,
    launcherEnv: changes(main, launcherEnvironment(main, APP_DIR)),
    port,
    portShape: facts.portShape,
    stopGraceSeconds: GRACEFUL_SHUTDOWN_SECONDS,
    logRateLimitBytes: process.logRateLimitBytes,
  };
}

function environmentFacts(
  facts: LaunchFacts,
  sidecars: readonly Sidecar[],
  port: number,
): ProcessEnvironmentFacts {
  const { process } = facts;
  return {
    app: facts.app,
    process: { guid: facts.processGuid, type: process.type },
    limits: { memoryMb: process.memoryMb, diskMb: process.diskMb, fileDescriptors: FILE_DESCRIPTOR_LIMIT },
    sidecars,
    ports: [port],
    instance: facts.instance,
    userEnvironment: facts.userEnvironment,
    services: facts.services,
    certificates: facts.certificates,
    network: UNKNOWN_NETWORK,
    // Which of the variables exist depends on the shape only; the values follow once the container runs.
    mappings: portMappings(facts.portShape, [{ internal: port, external: port }]),
  };
}

function processStep(
  { stagingInfo }: LaunchFacts,
  name: string,
  source: string,
  given: string,
  env: Environment,
): ProcessStep {
  return { name, source, ...launcherStep(given, stagingInfo, env) };
}

function check(
  { type, endpoint = '/', invocationTimeoutSeconds, intervalSeconds }: Omit<HealthCheck, 'timeoutSeconds'>,
  port: number,
): Check {
  if (type === 'process') return { type };
  return { type, port, endpoint: type === 'http' ? endpoint : '', invocationTimeoutSeconds, intervalSeconds };
}

/** The variables of `after` that differ from `before`. */
function changes(before: Environment, after: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value));
}
