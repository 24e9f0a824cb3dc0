import type { CertificateFacts, NetworkFacts } from './container-network.ts';
import { certificateVariables, networkVariables } from './container-network.ts';
import { databaseUrl } from './database-url.ts';
import type { Environment } from './environment.ts';
import { DEFAULT_LANG, GARDEN_DEFAULTS, layerEnvironments } from './environment.ts';
import { DEFAULT_DISK_MB, FILE_DESCRIPTOR_LIMIT } from './limits.ts';
import { memoryLimit } from './memory-limit.ts';
import type { ServiceDelivery } from './service-delivery.ts';
import { serviceVariables } from './service-delivery.ts';
import type { AppFacts } from './vcap-application.ts';
import { stagingVcapApplication } from './vcap-application.ts';

/** What the environment of a task depends on. */
export interface TaskEnvironmentFacts {
  readonly app: AppFacts;
  readonly memoryMb: number;
  /** Running environment variable group. */
  readonly group?: Environment;
  readonly userEnvironment: Environment;
  readonly services: ServiceDelivery;
  readonly certificates: CertificateFacts;
  readonly network: NetworkFacts;
}

/**
 * What the launcher of a task is started with, sorted by name. Unlike an instance it has neither ports nor an index,
 * LANG is the platform's whatever the user set, and VCAP_APPLICATION shows the default disk whatever the task's is.
 * Source: cloud_controller_ng diego/task_environment.rb.
 */
export function taskEnvironment(facts: TaskEnvironmentFacts): Record<string, string> {
  const url = databaseUrl(facts.services.vcapServices);
  const limits = {
    memoryMb: facts.memoryMb,
    diskMb: DEFAULT_DISK_MB,
    fileDescriptors: FILE_DESCRIPTOR_LIMIT,
  };
  return layerEnvironments(
    GARDEN_DEFAULTS,
    certificateVariables(facts.certificates),
    facts.group ?? {},
    facts.userEnvironment,
    {
      VCAP_APPLICATION: stagingVcapApplication(facts.app, limits),
      MEMORY_LIMIT: memoryLimit(facts.memoryMb),
    },
    serviceVariables(facts.services),
    { LANG: DEFAULT_LANG },
    url === undefined ? {} : { DATABASE_URL: url },
    networkVariables(facts.network, []),
  );
}
