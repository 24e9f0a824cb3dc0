import type { Environment } from './environment.ts';

/** A port of an instance. `external` is the host's; the two proxy ports are Envoy's, inside and on the host. */
export interface PortMapping {
  readonly internal: number;
  readonly external?: number;
  readonly externalTlsProxy?: number;
  readonly internalTlsProxy?: number;
}

/** The port that the app itself is asked to listen on, and sshd's. */
export const DEFAULT_APP_PORT = 8080;
export const SSH_PORT = 2222;

/** First of Envoy's ports and its extra one for app-to-app traffic. Source: executor proxy_config_handler.go. */
const ENVOY_START_PORT = 61001;
const ENVOY_C2C_PORT = 61443;

/** How the platform exposes an instance: `plain` maps each port, `envoy` (cf-deployment's way) only Envoy's. */
export type PortShape = 'plain' | 'envoy';

/** One port and where it is reached on the host. */
export interface ExposedPort {
  readonly internal: number;
  readonly external: number;
}

/** The mappings of an instance's ports in the platform's order. */
export function portMappings(shape: PortShape, ports: readonly ExposedPort[]): PortMapping[] {
  if (shape === 'plain') return ports.map(({ internal, external }) => ({ internal, external }));
  return ports.flatMap(({ internal, external }, i) => {
    const proxied = { internal, externalTlsProxy: external, internalTlsProxy: envoyPort(i) };
    return internal === DEFAULT_APP_PORT
      ? [proxied, { internal, internalTlsProxy: ENVOY_C2C_PORT }]
      : [proxied];
  });
}

function envoyPort(index: number): number {
  const port = ENVOY_START_PORT + index;
  return port < ENVOY_C2C_PORT ? port : port + 1;
}

/**
 * CF_INSTANCE_PORTS, and CF_INSTANCE_PORT and CF_INSTANCE_ADDR: empty without any port (staging, tasks), absent when
 * the first port has none on the host (Envoy). Source: executor depot/steps/run_step.go, `networkingEnvVars`.
 */
export function instancePortVariables(cellIp: string, mappings: readonly PortMapping[]): Environment {
  const [first] = mappings;
  const ports = { CF_INSTANCE_PORTS: JSON.stringify(mappings.map(writtenMapping)) };
  if (first === undefined) return { ...ports, CF_INSTANCE_PORT: '', CF_INSTANCE_ADDR: '' };
  const port = first.external ?? 0;
  if (port === 0) return ports;
  return { ...ports, CF_INSTANCE_PORT: String(port), CF_INSTANCE_ADDR: `${cellIp}:${port}` };
}

function writtenMapping({ internal, external, externalTlsProxy, internalTlsProxy }: PortMapping) {
  return {
    external: nonZero(external),
    internal,
    external_tls_proxy: nonZero(externalTlsProxy),
    internal_tls_proxy: nonZero(internalTlsProxy),
  };
}

function nonZero(port: number | undefined): number | undefined {
  return port === 0 ? undefined : port;
}
