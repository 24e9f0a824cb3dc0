/** Log source of staging. Source: cloud_controller_ng diego/constants.rb. */
export const STAGING_SOURCE = 'STG/0';

/** Log source of Cloud Controller's own lines. */
export const API_SOURCE = 'API/0';

/** What the cell says of an instance: container created, droplet downloaded, became healthy. */
export function cellSource(index: number): string {
  return `CELL/${index}`;
}

/** What failing health checks say of an instance. */
export function healthSource(index: number): string {
  return `HEALTH/${index}`;
}

/** Output of a main process, e.g. `APP/PROC/WEB/0`. Source: main_lrp_action_builder.rb, `app_log_source`. */
export function processSource(type: string, index: number): string {
  return `APP/PROC/${type.toUpperCase()}/${index}`;
}

/** Output of a sidecar, e.g. `APP/PROC/WEB/SIDECAR/CONFIG-SERVER/0`; spaces stay. */
export function sidecarSource(type: string, name: string, index: number): string {
  return `APP/PROC/${type.toUpperCase()}/SIDECAR/${name.toUpperCase()}/${index}`;
}

/** Output of a task; its name keeps its case. Source: diego/buildpack/task_action_builder.rb. */
export function taskSource(name: string): string {
  return `APP/TASK/${name}/0`;
}

/** Output of a backing service that cfstage runs, e.g. `SERVICE/DB/0`; a foundation shows none. */
export function serviceSource(name: string): string {
  return `SERVICE/${name.toUpperCase()}/0`;
}

/** Output of the command of `watch --on-change` for a buildpack, e.g. `ON-CHANGE/RUBY_BUILDPACK`; of a URL the last part. */
export function onChangeSource(buildpack: string): string {
  const name = buildpack
    .replace(/#.*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .at(-1);
  return `ON-CHANGE/${(name ?? buildpack).toUpperCase()}`;
}
