/** Processes per container. Source: capi-release cloud_controller_ng spec, `cc.diego.pid_limit`. */
export const PID_LIMIT = 1024;

/** Open files per process, of staging and of apps alike. Source: `cc.staging_file_descriptor_limit`, process_create.rb. */
export const FILE_DESCRIPTOR_LIMIT = 16_384;

/** Of a process or task that asks for nothing else. Source: `cc.default_app_memory`, `cc.default_app_disk_in_mb`. */
export const DEFAULT_MEMORY_MB = 1024;
export const DEFAULT_DISK_MB = 1024;

/** Source: `dea_next.staging_memory_limit_mb`, `dea_next.staging_disk_limit_mb`. */
export const MINIMUM_STAGING_MEMORY_MB = 1024;
export const STAGING_DISK_MB = 4096;

/** Source: `cc.staging_timeout_in_seconds`. */
export const STAGING_TIMEOUT_SECONDS = 900;

/** Source: rep spec, `containers.graceful_shutdown_interval_in_seconds`. */
export const GRACEFUL_SHUTDOWN_SECONDS = 10;

const STAGING_CPU_WEIGHT = 50;
const CPU_SHARES_PER_CONTAINER = 1024;

/** Memory of a staging container in MB: the web process's, 1024 at least. */
export function stagingMemoryMb(webMemoryMb: number): number {
  return Math.max(MINIMUM_STAGING_MEMORY_MB, webMemoryMb);
}

/** Source: cloud_controller_ng diego/constants.rb, `STAGING_TASK_CPU_WEIGHT`. */
export function stagingCpuShares(): number {
  return cpuShares(STAGING_CPU_WEIGHT);
}

/** Of apps and tasks alike. Source: cloud_controller_ng diego/task_cpu_weight_calculator.rb. */
export function appCpuShares(memoryMb: number): number {
  return cpuShares(Math.floor((100 * Math.min(Math.max(memoryMb, 128), 8192)) / 8192));
}

/** Weight in percent → shares. Source: executor depot/containerstore/storenode.go. */
function cpuShares(weight: number): number {
  return Math.floor((CPU_SHARES_PER_CONTAINER * weight) / 100);
}
