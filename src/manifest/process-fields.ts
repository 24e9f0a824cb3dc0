import { BYTE_SIZE_COMPLAINTS, parseByteSize, toMegabytes } from './byte-size.ts';
import { integerOf, stringOf, textOf, valueOf, type Fields } from './fields.ts';
import { readHealthChecks } from './health-check-fields.ts';
import { defaultProcess, type ProcessManifest } from './manifest.ts';
import { isString } from './manifest-node.ts';
import { diskProblem } from './process-limits.ts';
import type { Problems } from './problems.ts';

/** Keys of a process item, which an app may have too (`type` and `user` excepted); they then mean its web process. */
export const PROCESS_KEYS = [
  'command',
  'instances',
  'memory',
  'disk_quota',
  'log_rate_limit_per_second',
  'health_check_type',
  'health_check_http_endpoint',
  'health_check_invocation_timeout',
  'health_check_interval',
  'readiness_health_check_type',
  'readiness_health_check_http_endpoint',
  'readiness_health_check_invocation_timeout',
  'readiness_health_check_interval',
  'timeout',
] as const;

/** Source: cloud_controller_ng manifest_process_scale_message.rb. */
const MAX_INSTANCES = 2_000_000;

/** Where process keys are written: in the app itself or in an item of `processes`. */
export type ProcessLevel = 'app' | 'process';

/** The process of a type from its fields; `problems` is already within the process. */
export function readProcess(
  type: string,
  fields: Fields,
  level: ProcessLevel,
  problems: Problems,
): ProcessManifest {
  const defaults = defaultProcess(type);
  const command = readCommand(fields, problems);
  const userValue = valueOf(fields, 'user');
  const user = userValue && stringOf(userValue, 'User', 255, problems);
  const instances = valueOf(fields, 'instances');
  const limits = { min: 0, max: MAX_INSTANCES };
  return {
    ...defaults,
    ...(command !== undefined && { command }),
    ...(user !== undefined && { user }),
    instances: (instances && integerOf(instances, 'Instances', limits, problems)) ?? defaults.instances,
    ...readSizes(fields, defaults, level, problems),
    ...readHealthChecks(fields, defaults, problems),
  };
}

/** `null`, `default` and an empty value mean the droplet's own command. */
export function isCommandReset(text: string): boolean {
  return text === 'null' || text === 'default';
}

function readCommand(fields: Fields, problems: Problems): string | undefined {
  const value = valueOf(fields, 'command');
  const command = value && stringOf(value, 'Command', 4096, problems);
  return command === undefined || isCommandReset(command) ? undefined : command;
}

type Sizes = Pick<ProcessManifest, 'memoryMb' | 'diskMb' | 'logRateLimitBytes'>;

/** Checked at the app level too where a `web` item takes precedence, as Cloud Controller does. */
export function readSizes(fields: Fields, defaults: Sizes, level: ProcessLevel, problems: Problems): Sizes {
  return {
    memoryMb: readMegabytes('memory', 'Memory', fields, problems) ?? defaults.memoryMb,
    diskMb: readDisk(fields, level, problems) ?? defaults.diskMb,
    logRateLimitBytes: readLogRateLimit(fields, problems) ?? defaults.logRateLimitBytes,
  };
}

function readBytes(key: string, label: string, fields: Fields, problems: Problems): number | undefined {
  const text = textOf(fields, key, label, problems);
  const at = fields.get(key)?.value.at;
  if (text === undefined || at === undefined) return undefined;
  const size = parseByteSize(text);
  if ('bytes' in size) return size.bytes;
  problems.add(at, `${label} ${BYTE_SIZE_COMPLAINTS[size.problem]}`);
  return undefined;
}

function readMegabytes(key: string, label: string, fields: Fields, problems: Problems): number | undefined {
  const bytes = readBytes(key, label, fields, problems);
  const at = fields.get(key)?.value.at;
  if (bytes === undefined || at === undefined) return undefined;
  if (toMegabytes(bytes) > 0) return toMegabytes(bytes);
  problems.add(at, `${label} must be greater than 0MB`);
  return undefined;
}

/** The spelling that the cf CLI does not know by itself, and so takes as text only. Source: util/manifestparser. */
const TEXT_ONLY_DISK_KEY = { app: 'disk_quota', process: 'disk-quota' } as const;

function readDisk(fields: Fields, level: ProcessLevel, problems: Problems): number | undefined {
  const value = valueOf(fields, 'disk_quota');
  const key = fields.get('disk_quota')?.key.text;
  if (value && key === TEXT_ONLY_DISK_KEY[level] && !isString(value)) {
    problems.add(value.at, `\`${key}\` must be a string`);
    return undefined;
  }
  const diskMb = readMegabytes('disk_quota', 'Disk quota', fields, problems);
  const problem = diskMb === undefined ? undefined : diskProblem(diskMb);
  if (problem !== undefined && value) problems.add(value.at, problem);
  return diskMb;
}

function readLogRateLimit(fields: Fields, problems: Problems): number | undefined {
  const key = 'log_rate_limit_per_second';
  const value = valueOf(fields, key);
  if (value?.kind === 'scalar' && /^(?:-1|0)$/.test(value.text.trim())) return Number(value.text);
  const bytes = readBytes(key, 'Log rate limit per second', fields, problems);
  if (bytes === undefined || value === undefined || bytes >= -1) return bytes;
  problems.add(value.at, 'Log rate limit must be an integer greater than or equal to -1');
  return undefined;
}
