import { join, resolve } from 'node:path';
import { pushRequest, type PushRequest } from '../app/request.ts';
import type { Overrides } from '../manifest/apply-overrides.ts';
import type { StackPolicy } from '../stack/stack-choice.ts';
import type { DeploySettings } from './deploy-settings.ts';
import { placePath } from './fixture.ts';

/** What of a request is no deployment's own. */
export interface PlatformDefaults {
  readonly stack?: string;
  readonly stackPolicy?: StackPolicy;
  readonly caCert?: string;
  readonly recordChanges?: boolean;
}

/** Where what a request means lies, as absolute paths. */
export interface RequestPaths {
  readonly source: string;
  /** Where a manifest.yml is looked for. */
  readonly folder: string;
  /** As they are to be named. */
  readonly buildpacks: readonly string[] | undefined;
  readonly servicesFile: string | undefined;
}

/** Settings → the request that `cf push` would be. */
export function deployRequest(
  name: string,
  settings: DeploySettings,
  { source, folder, buildpacks, servicesFile }: RequestPaths,
  defaults: PlatformDefaults,
): PushRequest {
  const { manifest, stagingTimeoutMs, restart, offline, traffic, proxy } = settings;
  const { stackPolicy, caCert, recordChanges = false } = defaults;
  return pushRequest({
    cwd: folder,
    appName: name,
    path: source,
    overrides: overridesOf(settings, buildpacks, defaults.stack),
    restart,
    recordChanges,
    recordCacheUse: true,
    offline,
    traffic,
    ...(proxy === undefined ? {} : { proxy }),
    ...(manifest === undefined ? {} : { manifestFile: resolve(placePath(manifest)) }),
    ...(servicesFile === undefined ? {} : { servicesFile }),
    ...(stackPolicy === undefined ? {} : { stackPolicy }),
    ...(caCert === undefined ? {} : { caCert: resolve(caCert) }),
    ...(stagingTimeoutMs === undefined ? {} : { stagingTimeoutSeconds: stagingTimeoutMs / 1000 }),
  });
}

function overridesOf(
  settings: DeploySettings,
  buildpacks: readonly string[] | undefined,
  platformStack: string | undefined,
): Overrides {
  const { startCommand, memory, healthCheck, stack = platformStack } = settings;
  const services = Object.keys(settings.services);
  const env = Object.entries(settings.env);
  const processes = Object.entries(settings.processes);
  return {
    ...(buildpacks === undefined ? {} : { buildpacks }),
    ...(stack === undefined ? {} : { stack }),
    ...(startCommand === undefined ? {} : { startCommand }),
    ...(memory === undefined ? {} : { memory }),
    ...(healthCheck.type === undefined ? {} : { healthCheckType: healthCheck.type }),
    ...(healthCheck.endpoint === undefined ? {} : { endpoint: healthCheck.endpoint }),
    ...(healthCheck.timeout === undefined ? {} : { startTimeout: String(healthCheck.timeout) }),
    ...(services.length === 0 ? {} : { services }),
    ...(env.length === 0 ? {} : { env: env.map(([key, value]) => `${key}=${value}`) }),
    ...(processes.length === 0 ? {} : { processes: processes.map(([type, count]) => `${type}=${count}`) }),
  };
}

/** The services as the text of a services file: JSON is YAML. */
export function servicesText({ services }: DeploySettings): string {
  return JSON.stringify({
    services: Object.entries(services).map(([name, service]) => ({ name, ...service })),
  });
}

/** A path that is written as one, made absolute; a name or URL as it is. */
export function absoluteBuildpack(reference: string): string {
  return /^\.{0,2}\//.test(reference) ? resolve(reference) : reference;
}

/** Where the services file of a deployment is put. */
export function servicesPath(folder: string): string {
  return join(folder, 'services.yml');
}
