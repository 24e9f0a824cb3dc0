import { parseByteSize, toMegabytes } from './byte-size.ts';
import type { ProcessManifest } from './manifest.ts';
import { diskProblem } from './process-limits.ts';
import { usageError } from './usage-error.ts';

/** Flags that scale the web process, as typed. */
export interface SizeOverrides {
  /** -m */
  readonly memory?: string;
  /** -k */
  readonly disk?: string;
  /** -i */
  readonly instances?: string;
  /** -l, e.g. `16K`, `0`, `-1` for unlimited. */
  readonly logRateLimit?: string;
}

/** The scale of the web process that the flags ask for. */
export function overrideSizes({
  memory,
  disk,
  instances,
  logRateLimit,
}: SizeOverrides): Partial<ProcessManifest> {
  return {
    ...(memory !== undefined && memory !== '' && { memoryMb: readMegabytes(memory) }),
    ...(disk !== undefined && disk !== '' && { diskMb: readDisk(disk) }),
    ...(instances !== undefined && { instances: readInstances(instances) }),
    ...(logRateLimit !== undefined &&
      logRateLimit !== '' && { logRateLimitBytes: readLogRateLimit(logRateLimit) }),
  };
}

/**
 * Reads -m or -k in MB: only whole numbers of M or G. Raises USAGE. Source: cf CLI command/flag/megabytes.go.
 */
export function readMegabytes(text: string, hint?: string): number {
  const size = parseByteSize(text);
  const megabytes =
    'bytes' in size && /[mg]/i.test(text) && !text.includes('.') ? toMegabytes(size.bytes) : 0;
  if (megabytes > 0) return megabytes;
  throw usageError('Byte quantity must be an integer with a unit of measurement like M, MB, G, or GB', hint);
}

function readDisk(text: string): number {
  const diskMb = readMegabytes(text);
  const problem = diskProblem(diskMb);
  if (problem === undefined) return diskMb;
  throw usageError(problem, 'Ask for less with -k.');
}

/** Source: cf CLI command/flag/instances.go. */
function readInstances(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw usageError("invalid argument for flag '-i' (expected int > 0)");
}

/** Source: cf CLI command/flag/bytes_with_unlimited.go. */
function readLogRateLimit(text: string): number {
  if (/^-1[KMGT]?B?$/.test(text)) return -1;
  if (/^0[KMGT]?B?$/.test(text)) return 0;
  const size = parseByteSize(text);
  if ('bytes' in size && size.bytes > 0 && !text.includes('.')) return size.bytes;
  throw usageError(
    'Byte quantity must be an integer with a unit of measurement like B, K, KB, M, MB, G, or GB',
  );
}
