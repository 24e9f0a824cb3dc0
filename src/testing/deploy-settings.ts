import type { Fixture, Place } from './fixture.ts';

/** A service instance that the app is bound to, with the keys that a services file has. */
export interface ServiceSettings {
  readonly credentials?: Readonly<Record<string, unknown>>;
  /** Absent: `user-provided`. */
  readonly label?: string;
  readonly plan?: string;
  readonly tags?: readonly string[];
  readonly syslog_drain_url?: string;
  readonly volume_mounts?: readonly Readonly<Record<string, unknown>>[];
  /** An image that is run for it, and how; see "Databases and other services" in the README. */
  readonly image?: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
}

/** The health check of web. */
export interface HealthCheckSettings {
  readonly type?: 'port' | 'http' | 'process';
  /** Of an http check, which needs one. */
  readonly endpoint?: string;
  /** Seconds that the app has to become healthy. */
  readonly timeout?: number;
}

/** A name, a path that begins with `/`, `./` or `../`, a URL of a zip or of git, or a folder with changes. */
export type BuildpackRef = string | URL | Fixture;

/** How an app is to be deployed. Relative paths are relative to the current directory. */
export interface DeploySettings {
  /** Absent: those of the manifest, else detection among those of the platform. */
  readonly buildpacks?: readonly BuildpackRef[];
  readonly env: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, ServiceSettings>>;
  readonly startCommand?: string;
  readonly stack?: string;
  readonly manifest?: Place;
  readonly memory?: string;
  readonly healthCheck: HealthCheckSettings;
  /** Instances of a process type. */
  readonly processes: Readonly<Record<string, number>>;
  readonly stagingTimeoutMs?: number;
  /** Reach nothing but the platform's other apps and services. */
  readonly offline: boolean;
  readonly proxy?: { readonly tls: boolean };
  /** Record what the containers try to reach. */
  readonly traffic: boolean;
  readonly restart: boolean;
}

export const DEFAULT_SETTINGS: DeploySettings = {
  env: {},
  services: {},
  healthCheck: {},
  processes: {},
  offline: false,
  traffic: false,
  restart: true,
};
