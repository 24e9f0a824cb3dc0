import type { CertificateFacts, NetworkFacts } from './container-network.ts';
import { certificateVariables, networkVariables } from './container-network.ts';
import { databaseUrl } from './database-url.ts';
import type { Environment } from './environment.ts';
import { DEFAULT_LANG, GARDEN_DEFAULTS, layerEnvironments } from './environment.ts';
import type { PortMapping } from './instance-ports.ts';
import { DEFAULT_APP_PORT } from './instance-ports.ts';
import { mainMemoryMb, memoryLimit, sidecarMemoryMb } from './memory-limit.ts';
import type { Sidecar } from './process.ts';
import type { ServiceDelivery } from './service-delivery.ts';
import { serviceVariables } from './service-delivery.ts';
import type { AppFacts, Limits, ProcessFacts } from './vcap-application.ts';
import { processVcapApplication } from './vcap-application.ts';

/** What the environment of a process and of its sidecars depends on. */
export interface ProcessEnvironmentFacts {
  readonly app: AppFacts;
  readonly process: ProcessFacts;
  /** Of the whole instance, sidecars included. */
  readonly limits: Limits;
  /** The sidecars of this process type. */
  readonly sidecars: readonly Sidecar[];
  /** Ports that the app listens on; none means 8080. */
  readonly ports: readonly number[];
  readonly instance: { readonly guid: string; readonly index: number };
  /** Running environment variable group. */
  readonly group?: Environment;
  readonly userEnvironment: Environment;
  readonly services: ServiceDelivery;
  readonly certificates: CertificateFacts;
  readonly network: NetworkFacts;
  readonly mappings: readonly PortMapping[];
}

/** What the launcher of the main process is started with, sorted by name. Source: diego/environment.rb, `as_json`. */
export function processEnvironment(facts: ProcessEnvironmentFacts): Record<string, string> {
  return environmentWithMemory(facts, mainMemoryMb(facts.limits.memoryMb, facts.sidecars));
}

/** The same for one of its sidecars: only the memory differs. Source: `as_json_for_sidecar`. */
export function sidecarEnvironment(facts: ProcessEnvironmentFacts, sidecar: Sidecar): Record<string, string> {
  return environmentWithMemory(facts, sidecarMemoryMb(facts.limits.memoryMb, sidecar));
}

/** The user's variables come after the container's (LANG, INSTANCE_*, certificates) and before the platform's. */
function environmentWithMemory(facts: ProcessEnvironmentFacts, memoryMb: number): Record<string, string> {
  const url = databaseUrl(facts.services.vcapServices);
  return layerEnvironments(
    GARDEN_DEFAULTS,
    instanceVariables(facts.instance),
    { LANG: DEFAULT_LANG },
    certificateVariables(facts.certificates),
    portVariables(facts.ports),
    facts.group ?? {},
    facts.userEnvironment,
    {
      VCAP_APPLICATION: processVcapApplication(facts.app, facts.process, { ...facts.limits, memoryMb }),
      MEMORY_LIMIT: memoryLimit(memoryMb),
    },
    serviceVariables(facts.services),
    url === undefined ? {} : { DATABASE_URL: url },
    networkVariables(facts.network, facts.mappings),
  );
}

/** Source: rep conversion_helpers.go. */
function instanceVariables({ guid, index }: ProcessEnvironmentFacts['instance']): Environment {
  return {
    INSTANCE_GUID: guid,
    INSTANCE_INDEX: String(index),
    CF_INSTANCE_GUID: guid,
    CF_INSTANCE_INDEX: String(index),
  };
}

/** Source: cloud_controller_ng diego/buildpack/desired_lrp_builder.rb, `port_environment_variables`. */
function portVariables(ports: readonly number[]): Environment {
  const port = String(ports[0] ?? DEFAULT_APP_PORT);
  return { PORT: port, VCAP_APP_PORT: port, VCAP_APP_HOST: '0.0.0.0' };
}
