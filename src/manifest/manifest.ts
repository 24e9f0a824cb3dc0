import { DEFAULT_DISK_MB, DEFAULT_MEMORY_MB } from '../lifecycle/limits.ts';

/** A service instance to bind, by name. */
export interface ServiceRef {
  readonly name: string;
  readonly bindingName?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface RouteRef {
  readonly route: string;
  readonly protocol?: 'http1' | 'http2' | 'tcp';
  readonly options?: Readonly<Record<string, unknown>>;
}

export type HealthCheckType = 'port' | 'http' | 'process';

/** Liveness and startup check. `timeoutSeconds` is the deadline of the start; the others are of one attempt. */
export interface HealthCheck {
  readonly type: HealthCheckType;
  readonly endpoint?: string;
  readonly timeoutSeconds: number;
  readonly invocationTimeoutSeconds: number;
  readonly intervalSeconds: number;
}

export interface ReadinessCheck {
  readonly type: HealthCheckType;
  readonly endpoint?: string;
  readonly invocationTimeoutSeconds: number;
  readonly intervalSeconds: number;
}

/** One process type with Cloud Foundry's defaults applied. */
export interface ProcessManifest {
  readonly type: string;
  /** Absent: the droplet's command for this type. */
  readonly command?: string;
  readonly user?: string;
  readonly instances: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  /** -1 is unlimited. */
  readonly logRateLimitBytes: number;
  readonly healthCheck: HealthCheck;
  readonly readiness: ReadinessCheck;
}

export interface SidecarManifest {
  readonly name: string;
  readonly command: string;
  readonly processTypes: readonly string[];
  readonly memoryMb?: number;
  /** `file:line:column` of the declaration, for messages. */
  readonly origin?: string;
}

export interface DockerImage {
  readonly image?: string;
  readonly username?: string;
}

export interface Metadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One app of a manifest, checked and with defaults applied. */
export interface AppManifest {
  /** Empty when the manifest names none; `selectApp` then takes the name from the command line. */
  readonly name: string;
  /** As written; relative paths are relative to the folder of the manifest. */
  readonly path?: string;
  readonly stack?: string;
  /** Empty: detect. */
  readonly buildpacks: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly features: Readonly<Record<string, boolean>>;
  readonly services: readonly ServiceRef[];
  readonly routes: readonly RouteRef[];
  readonly noRoute: boolean;
  readonly randomRoute: boolean;
  readonly defaultRoute: boolean;
  /** Always holds `web`, first. */
  readonly processes: readonly ProcessManifest[];
  readonly sidecars: readonly SidecarManifest[];
  readonly docker?: DockerImage;
  readonly lifecycle?: 'buildpack' | 'docker' | 'cnb';
  readonly metadata?: Metadata;
}

export interface Manifest {
  readonly apps: readonly AppManifest[];
  /** One line of text each: what the manifest says and nobody will heed. */
  readonly warnings: readonly string[];
}

/**
 * A process nobody configured: web has one instance and a port check, every other type none of either.
 * Source: cloud_controller_ng process_create.rb, capi-release cloud_controller_ng spec.
 */
export function defaultProcess(type: string): ProcessManifest {
  const web = type === 'web';
  return {
    type,
    instances: web ? 1 : 0,
    memoryMb: DEFAULT_MEMORY_MB,
    diskMb: DEFAULT_DISK_MB,
    logRateLimitBytes: -1,
    healthCheck: {
      type: web ? 'port' : 'process',
      timeoutSeconds: 60,
      invocationTimeoutSeconds: 1,
      intervalSeconds: 30,
    },
    readiness: { type: 'process', invocationTimeoutSeconds: 1, intervalSeconds: 30 },
  };
}
