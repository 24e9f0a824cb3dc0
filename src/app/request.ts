import { LOCAL_DOMAIN } from '../router/route-uris.ts';
import type { PortShape } from '../lifecycle/instance-ports.ts';
import { STAGING_TIMEOUT_SECONDS } from '../lifecycle/limits.ts';
import type { Overrides } from '../manifest/apply-overrides.ts';
import type { StackPolicy } from '../stack/stack-choice.ts';

export { LOCAL_DOMAIN };

/** Which app is meant, as the flags of `cf push` say it. Relative paths are relative to `cwd`. */
export interface AppRequest {
  readonly cwd: string;
  readonly appName?: string;
  /** -f */
  readonly manifestFile?: string;
  /** -p */
  readonly path?: string;
  /** --var, each `NAME=VALUE` */
  readonly vars: readonly string[];
  readonly varsFiles: readonly string[];
  readonly overrides: Overrides;
  /** Routes are made on this domain; below `localhost` every name is this machine. */
  readonly domain: string;
  /** --services; absent: services.yml beside the manifest, if the app has services. */
  readonly servicesFile?: string;
}

export interface StageRequest extends AppRequest, EgressRequest {
  /** A buildpack as the manifest writes it → the directory or zip to use in its place. */
  readonly localBuildpacks: ReadonlyMap<string, string>;
  readonly stackPolicy?: StackPolicy;
  /** PEM file whose certificates the containers are to trust. */
  readonly caCert?: string;
  /** Choose among the buildpacks named with -b by detection, as a foundation does among its own. */
  readonly detect: boolean;
  readonly clearCache: boolean;
  /** Tell what the scripts do with the cache of before, as the event `cache-used`. */
  readonly recordCacheUse?: boolean;
  readonly stagingTimeoutSeconds: number;
  /** Tell of each script what it changed, by the event `phase-recorded`. */
  readonly recordChanges: boolean;
  /** Leave the backing services that were started running. */
  readonly keepServices: boolean;
  /** A recording HTTP proxy that staging is told of, as operators do it by the staging environment variable group. */
  readonly proxy?: ProxyRequest;
}

/** A recording proxy. */
export interface ProxyRequest {
  /** It is itself reached by TLS, with a certificate of a CA that the containers trust. */
  readonly tls: boolean;
}

/** What the containers of an app may reach, and whether that is written down. */
export interface EgressRequest {
  /** They reach nothing but each other and the backing services. */
  readonly offline: boolean;
  /** Record what they try to reach, allowed or not. */
  readonly traffic: boolean;
}

/** How an app is run. */
export interface RunRequest extends EgressRequest {
  /** Leave the backing services running when the app ends. */
  readonly keepServices: boolean;
  /** Port of this machine for the first instance of web, its successors for the next ones; 0 takes free ones. */
  readonly port: number;
  readonly portShape: PortShape;
  /** Port of the router, which all running apps share; 0 takes where it was last, or a free one. */
  readonly routerPort: number;
  /** Whether a crashed instance is followed by a new one; without, the first crash is the end of the app. */
  readonly restart: boolean;
}

export interface PushRequest extends StageRequest, RunRequest {}

/** A request with the defaults of the command line for all that is not given; `cwd` is the process's own. */
export function pushRequest(given: Partial<PushRequest>): PushRequest {
  return {
    cwd: process.cwd(),
    vars: [],
    varsFiles: [],
    overrides: {},
    domain: LOCAL_DOMAIN,
    localBuildpacks: new Map(),
    detect: false,
    clearCache: false,
    stagingTimeoutSeconds: STAGING_TIMEOUT_SECONDS,
    recordChanges: false,
    keepServices: false,
    port: 0,
    portShape: 'envoy',
    routerPort: 0,
    restart: true,
    offline: false,
    traffic: false,
    ...given,
  };
}
