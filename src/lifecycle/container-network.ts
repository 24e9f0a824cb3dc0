import type { Environment } from './environment.ts';
import type { PortMapping } from './instance-ports.ts';
import { instancePortVariables } from './instance-ports.ts';
import { INSTANCE_CERT_FILE, INSTANCE_KEY_FILE, SYSTEM_CERTS_DIR } from './container-paths.ts';

/** Addresses of a container: the cell's (host's) and its own. */
export interface NetworkFacts {
  readonly cellIp: string;
  readonly containerIp: string;
  readonly containerIpv6?: string;
}

/** Put last, so nobody can override it. Source: executor depot/steps/run_step.go, `networkingEnvVars`. */
export function networkVariables(network: NetworkFacts, mappings: readonly PortMapping[]): Environment {
  return {
    CF_INSTANCE_IP: network.cellIp,
    CF_INSTANCE_INTERNAL_IP: network.containerIp,
    ...(network.containerIpv6 !== undefined && { CF_INSTANCE_INTERNAL_IPV6: network.containerIpv6 }),
    ...instancePortVariables(network.cellIp, mappings),
  };
}

/** Which certificates a container has. */
export interface CertificateFacts {
  readonly systemCertificates: boolean;
  readonly instanceIdentity: boolean;
}

/** Put first, so the user may override it. Source: executor storenode.go, instance_identity_handler.go. */
export function certificateVariables(certificates: CertificateFacts): Environment {
  return {
    ...(certificates.systemCertificates && { CF_SYSTEM_CERT_PATH: SYSTEM_CERTS_DIR }),
    ...(certificates.instanceIdentity && {
      CF_INSTANCE_CERT: INSTANCE_CERT_FILE,
      CF_INSTANCE_KEY: INSTANCE_KEY_FILE,
    }),
  };
}
