/** Most MB of disk that an app may ask for. Source: capi-release cc.maximum_app_disk_in_mb. */
export const MAX_DISK_MB = 2048;

/** Longest start deadline in seconds. Source: capi-release cc.maximum_health_check_timeout. */
export const MAX_START_TIMEOUT_SECONDS = 180;

/** The complaint of Cloud Controller's MaxDiskQuotaPolicy; undefined when the disk is allowed. */
export function diskProblem(diskMb: number): string | undefined {
  if (diskMb <= MAX_DISK_MB) return undefined;
  return `disk_quota too much disk requested (requested ${diskMb} MB - must be less than ${MAX_DISK_MB} MB)`;
}

/** The complaint of Cloud Controller's BaseHealthCheckPolicy; undefined when the deadline is allowed. */
export function startTimeoutProblem(seconds: number): string | undefined {
  if (seconds <= MAX_START_TIMEOUT_SECONDS) return undefined;
  return `Maximum exceeded: max ${MAX_START_TIMEOUT_SECONDS}s`;
}
