import type { CertificateFacts } from '../lifecycle/container-network.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { INIT_ARGV } from '../lifecycle/lifecycle-files.ts';
import {
  appCpuShares,
  FILE_DESCRIPTOR_LIMIT,
  GRACEFUL_SHUTDOWN_SECONDS,
  PID_LIMIT,
} from '../lifecycle/limits.ts';
import { taskSource } from '../lifecycle/log-sources.ts';
import type { ServiceDelivery } from '../lifecycle/service-delivery.ts';
import type { StagingInfo } from '../lifecycle/staging-info.ts';
import { taskEnvironment } from '../lifecycle/task-environment.ts';
import type { AppFacts } from '../lifecycle/vcap-application.ts';
import { containerName } from './container-name.ts';
import { launcherStep } from './launcher-step.ts';
import { UNKNOWN_NETWORK } from './network-later.ts';
import type { NetworkPlace } from './private-network.ts';
import type { TaskPlan } from './task-plan.ts';
import type { TaskSettings } from './task-settings.ts';

/** What running a task is decided from. */
export interface TaskFacts {
  readonly app: AppFacts;
  readonly settings: TaskSettings;
  readonly stagingInfo: StagingInfo | undefined;
  readonly userEnvironment: Environment;
  readonly services: ServiceDelivery;
  readonly certificates: CertificateFacts;
  readonly taskGuid: string;
  readonly image: string;
  readonly platform?: string;
  readonly place: NetworkPlace;
}

/**
 * Decides one task: a container of its own without ports, sidecars or checks. Cloud Controller leaves the number of open
 * files to Garden; here it is what VCAP_APPLICATION says.
 * Source: cloud_controller_ng diego/task_recipe_builder.rb, diego/buildpack/task_action_builder.rb.
 */
export function planTask(facts: TaskFacts): TaskPlan {
  const { app, settings, taskGuid } = facts;
  const env = taskEnvironment({
    app,
    memoryMb: settings.memoryMb,
    userEnvironment: facts.userEnvironment,
    services: facts.services,
    certificates: facts.certificates,
    network: UNKNOWN_NETWORK,
  });
  return {
    app: app.name,
    name: settings.name,
    taskGuid,
    container: {
      name: containerName(app.name, 'task', taskGuid),
      image: facts.image,
      ...(facts.platform === undefined ? {} : { platform: facts.platform }),
      hostname: taskGuid,
      env: {},
      init: INIT_ARGV,
      workingDir: '/home/vcap',
      memoryMb: settings.memoryMb,
      diskMb: settings.diskMb,
      cpuShares: appCpuShares(settings.memoryMb),
      pids: PID_LIMIT,
      nofile: FILE_DESCRIPTOR_LIMIT,
      publish: [],
      ...facts.place,
    },
    process: {
      name: settings.name,
      source: taskSource(settings.name),
      ...launcherStep(settings.command, facts.stagingInfo, env),
    },
    stopGraceSeconds: GRACEFUL_SHUTDOWN_SECONDS,
    logRateLimitBytes: settings.logRateLimitBytes,
  };
}
