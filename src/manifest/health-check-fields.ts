import { integerOf, textOf, valueOf, type Fields } from './fields.ts';
import type { HealthCheckType, ProcessManifest } from './manifest.ts';
import type { ManifestNode } from './manifest-node.ts';
import { startTimeoutProblem } from './process-limits.ts';
import type { Problems } from './problems.ts';

const TYPES: readonly string[] = ['port', 'process', 'http'] satisfies HealthCheckType[];

/** Source: cloud_controller_ng lib/utils/uri_utils.rb. */
const URI_PATH = /^(?:\/|\/([^\s/]\S*)?)$/;

export function isUriPath(text: string): boolean {
  return URI_PATH.test(text);
}

interface Check {
  readonly type: HealthCheckType;
  readonly endpoint?: string;
  readonly invocationTimeoutSeconds: number;
  readonly intervalSeconds: number;
}

/** Which of the two checks of a process: the prefix of its keys, its name in messages. */
interface CheckName {
  readonly keys: 'health_check' | 'readiness_health_check';
  readonly label: 'Health check' | 'Readiness health check';
}

/** The liveness and readiness check of a process item. */
export function readHealthChecks(
  fields: Fields,
  defaults: ProcessManifest,
  problems: Problems,
): Pick<ProcessManifest, 'healthCheck' | 'readiness'> {
  const liveness = { keys: 'health_check', label: 'Health check' } as const;
  const readiness = { keys: 'readiness_health_check', label: 'Readiness health check' } as const;
  return {
    healthCheck: {
      ...readCheck(liveness, fields, defaults.healthCheck, problems),
      timeoutSeconds: readTimeout(fields, problems) ?? defaults.healthCheck.timeoutSeconds,
    },
    readiness: readCheck(readiness, fields, defaults.readiness, problems),
  };
}

function readTimeout(fields: Fields, problems: Problems): number | undefined {
  const value = valueOf(fields, 'timeout');
  if (value === undefined) return undefined;
  const seconds = integerOf(value, 'Timeout', { min: 1 }, problems);
  const problem = seconds === undefined ? undefined : startTimeoutProblem(seconds);
  if (problem !== undefined) problems.add(value.at, problem);
  return seconds;
}

function readCheck(name: CheckName, fields: Fields, defaults: Check, problems: Problems): Check {
  const seconds = (key: string, label: string) => {
    const value = valueOf(fields, `${name.keys}_${key}`);
    return value && integerOf(value, `${name.label} ${label}`, { min: 1 }, problems);
  };
  const endpoint = readEndpoint(name, fields, problems);
  return {
    type: readType(name, fields, problems) ?? defaults.type,
    ...(endpoint !== undefined && { endpoint }),
    invocationTimeoutSeconds:
      seconds('invocation_timeout', 'invocation timeout') ?? defaults.invocationTimeoutSeconds,
    intervalSeconds: seconds('interval', 'interval') ?? defaults.intervalSeconds,
  };
}

function readEndpoint({ keys, label }: CheckName, fields: Fields, problems: Problems): string | undefined {
  const key = `${keys}_http_endpoint`;
  const endpoint = textOf(fields, key, `${label} http endpoint`, problems);
  const at = fields.get(key)?.value.at;
  if (endpoint === undefined || at === undefined || isUriPath(endpoint)) return endpoint;
  problems.add(at, `${label} http endpoint must be a valid URI path`);
  return endpoint;
}

function readType(
  { keys, label }: CheckName,
  fields: Fields,
  problems: Problems,
): HealthCheckType | undefined {
  const value = given(fields, `${keys}_type`);
  if (value === undefined) return undefined;
  const text = value.kind === 'scalar' ? value.text : undefined;
  // Cloud Controller maps the old `none` for the liveness check only.
  const type = keys === 'health_check' && text === 'none' ? 'process' : text;
  const endpoint = given(fields, `${keys}_http_endpoint`);
  if (endpoint !== undefined && type !== 'http') {
    problems.add(value.at, `${label} type must be "http" to set a health check HTTP endpoint`);
  }
  if (endpoint === undefined && type === 'http') {
    problems.add(value.at, `HTTP ${label.toLowerCase()} endpoint is not a valid URI path: `);
  }
  if (isHealthCheckType(type)) return type;
  problems.add(value.at, `${label} type must be "port", "process", or "http"`);
  return undefined;
}

/** Empty text never leaves the cf CLI. */
function given(fields: Fields, key: string): ManifestNode | undefined {
  const value = valueOf(fields, key);
  return value?.kind === 'scalar' && value.text === '' ? undefined : value;
}

export function isHealthCheckType(text: string | undefined): text is HealthCheckType {
  return text !== undefined && TYPES.includes(text);
}
