import { readEnvFlags } from './env-flags.ts';
import { overrideHealthCheck, type HealthCheckOverrides } from './health-check-flags.ts';
import { isDetection } from './lifecycle-fields.ts';
import { defaultProcess, type AppManifest, type ProcessManifest } from './manifest.ts';
import { isCommandReset } from './process-fields.ts';
import { scaleProcesses } from './process-flags.ts';
import { overrideSizes, type SizeOverrides } from './size-flags.ts';
import { checkSidecarMemory } from './sidecars.ts';
import { usageError } from './usage-error.ts';

/** Flags of `cf push` as typed, and cfstage's own. Absent means not given. */
export interface Overrides extends SizeOverrides, HealthCheckOverrides {
  /** -b, in order; `null` or `default` first means: detect. */
  readonly buildpacks?: readonly string[];
  /** -s */
  readonly stack?: string;
  /** -c; `null` or `default` means: the droplet's. */
  readonly startCommand?: string;
  readonly noRoute?: boolean;
  readonly randomRoute?: boolean;
  /** --process, each `TYPE=COUNT` */
  readonly processes?: readonly string[];
  /** --env, each `NAME=value`; the value is taken as it is. */
  readonly env?: readonly string[];
  /** Service instances to bind besides those of the manifest; `cf push` has no flag for it. */
  readonly services?: readonly string[];
}

/**
 * Applies flags to an app, those of a process to `web`, and then checks what cf checks only now: that the sidecars
 * leave their processes some memory. Call it without any flag too.
 * @throws CfstageError USAGE, ENV_INVALID, MANIFEST_INVALID
 */
export function applyOverrides(app: AppManifest, overrides: Overrides): AppManifest {
  const [web = defaultProcess('web'), ...others] = app.processes;
  const result = {
    ...app,
    ...overrideStaging(app, overrides),
    ...overrideRouting(app, overrides),
    services: addServices(app, overrides.services ?? []),
    env: { ...app.env, ...readEnvFlags(overrides.env ?? []) },
    processes: scaleProcesses([overrideProcess(web, overrides), ...others], overrides.processes ?? []),
  };
  checkSidecarMemory(result);
  return result;
}

function overrideStaging(app: AppManifest, { buildpacks = [], stack }: Overrides): Partial<AppManifest> {
  const [first] = buildpacks;
  if (first !== undefined && app.docker) {
    throw usageError('The flag option --buildpack, -b cannot be used with the manifest property docker');
  }
  return {
    ...(first !== undefined && { buildpacks: isDetection(first) ? [] : buildpacks }),
    ...(stack !== undefined && stack !== '' && { stack }),
  };
}

function addServices({ services }: AppManifest, names: readonly string[]): AppManifest['services'] {
  const added = names.filter((name) => !services.some((service) => service.name === name));
  return [...services, ...added.map((name) => ({ name }))];
}

function overrideRouting(
  app: AppManifest,
  { noRoute = false, randomRoute = false }: Overrides,
): Partial<AppManifest> {
  if (noRoute && randomRoute) {
    throw usageError('The following arguments cannot be used together: --no-route, --random-route');
  }
  if (!noRoute && !randomRoute) return {};
  return {
    noRoute: app.noRoute || noRoute,
    randomRoute: app.randomRoute || randomRoute,
    defaultRoute: false,
  };
}

function overrideProcess(process: ProcessManifest, overrides: Overrides): ProcessManifest {
  const { command: ofManifest, ...rest } = process;
  const command = overrideCommand(ofManifest, overrides.startCommand);
  return {
    ...rest,
    ...(command !== undefined && { command }),
    ...overrideSizes(overrides),
    healthCheck: overrideHealthCheck(process.healthCheck, overrides),
  };
}

function overrideCommand(ofManifest: string | undefined, flag: string | undefined): string | undefined {
  if (flag === undefined) return ofManifest;
  return flag === '' || isCommandReset(flag) ? undefined : flag;
}
