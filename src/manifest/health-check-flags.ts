import { isHealthCheckType, isUriPath } from './health-check-fields.ts';
import type { HealthCheck, HealthCheckType } from './manifest.ts';
import { startTimeoutProblem } from './process-limits.ts';
import { usageError } from './usage-error.ts';

/** Flags about the health check of the web process, as typed. */
export interface HealthCheckOverrides {
  /** -u */
  readonly healthCheckType?: string;
  /** --endpoint */
  readonly endpoint?: string;
  /** -t, seconds */
  readonly startTimeout?: string;
}

/** Source: cf CLI actor/v7pushaction/handle_health_check_{type,endpoint,timeout}_override.go. */
export function overrideHealthCheck(check: HealthCheck, overrides: HealthCheckOverrides): HealthCheck {
  const { endpoint: ofManifest, ...rest } = check;
  const flagType = overrides.healthCheckType === undefined ? undefined : readType(overrides.healthCheckType);
  const flagEndpoint = overrides.endpoint === undefined ? undefined : readEndpoint(overrides.endpoint);
  if (flagType === 'http' && flagEndpoint === undefined) {
    throw usageError("'--endpoint' and '--health-check-type=http, -u=http' must be used together.");
  }
  const type = flagType ?? check.type;
  if (flagEndpoint !== undefined && type !== 'http') throw endpointMismatch(flagType, type);
  const endpoint = flagEndpoint ?? (type === 'http' ? ofManifest : undefined);
  return {
    ...rest,
    type,
    ...(endpoint !== undefined && { endpoint }),
    timeoutSeconds:
      overrides.startTimeout === undefined ? check.timeoutSeconds : readTimeout(overrides.startTimeout),
  };
}

function endpointMismatch(flagType: HealthCheckType | undefined, type: HealthCheckType) {
  if (flagType !== undefined) {
    return usageError("'--health-check-type=http, -u=http' and '--endpoint' must be used together.");
  }
  return usageError(
    `The flag option --endpoint cannot be used with the manifest property health-check-type set to ${type}`,
  );
}

/** Source: cf CLI command/flag/health_check_type.go; `none` is the old name of `process`. */
function readType(text: string): HealthCheckType {
  const type = text.toLowerCase() === 'none' ? 'process' : text.toLowerCase();
  if (isHealthCheckType(type)) return type;
  throw usageError('HEALTH_CHECK_TYPE must be "port", "process", or "http"');
}

function readEndpoint(text: string): string {
  if (isUriPath(text)) return text;
  throw usageError('Health check http endpoint must be a valid URI path');
}

/** Source: cf CLI command/flag/positive_integer.go. */
function readTimeout(text: string): number {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (seconds < 1) throw usageError('Value must be greater than or equal to 1.');
  const problem = startTimeoutProblem(seconds);
  if (problem !== undefined) throw usageError(problem, 'Ask for less with -t.');
  return seconds;
}
