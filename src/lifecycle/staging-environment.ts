import type { CertificateFacts, NetworkFacts } from './container-network.ts';
import { certificateVariables, networkVariables } from './container-network.ts';
import { databaseUrl } from './database-url.ts';
import type { Environment } from './environment.ts';
import { DEFAULT_LANG, GARDEN_DEFAULTS, layerEnvironments } from './environment.ts';
import { memoryLimit } from './memory-limit.ts';
import type { ServiceDelivery } from './service-delivery.ts';
import { serviceVariables } from './service-delivery.ts';
import type { AppFacts, Limits } from './vcap-application.ts';
import { stagingVcapApplication } from './vcap-application.ts';

/** What the environment of a staging depends on. `stack` is its name, e.g. `cflinuxfs4`. */
export interface StagingEnvironmentFacts {
  readonly app: AppFacts;
  readonly limits: Limits;
  readonly stack: string;
  /** Staging environment variable group. */
  readonly group?: Environment;
  readonly userEnvironment: Environment;
  readonly services: ServiceDelivery;
  readonly certificates: CertificateFacts;
  readonly network: NetworkFacts;
}

/**
 * The environment that every buildpack script is run with, sorted by name: container, group, user, system, network,
 * defaults, and the builder's DATABASE_URL. Sources: cloud_controller_ng staging_environment_builder.rb,
 * buildpackapplifecycle builder/main.go.
 */
export function stagingEnvironment(facts: StagingEnvironmentFacts): Record<string, string> {
  const environment = layerEnvironments(
    GARDEN_DEFAULTS,
    { LANG: DEFAULT_LANG },
    certificateVariables(facts.certificates),
    facts.group ?? {},
    facts.userEnvironment,
    { CF_STACK: facts.stack },
    {
      VCAP_APPLICATION: stagingVcapApplication(facts.app, facts.limits),
      MEMORY_LIMIT: memoryLimit(facts.limits.memoryMb),
    },
    serviceVariables(facts.services),
    networkVariables(facts.network, []),
  );
  return withDatabaseUrl(environment);
}

/** Adds DATABASE_URL where VCAP_SERVICES, as the environment has it, names a relational database. */
export function withDatabaseUrl(environment: Environment): Record<string, string> {
  const url = databaseUrl(environment['VCAP_SERVICES'] ?? '');
  return layerEnvironments(environment, url === undefined ? {} : { DATABASE_URL: url });
}
