/** What Cloud Controller knows of an app. `version` is a UUID: of the staging, or of the process's last change. */
export interface AppFacts {
  readonly guid: string;
  readonly name: string;
  readonly version: string;
  /** Mapped routes as `host.domain/path`. */
  readonly uris: readonly string[];
  readonly spaceName: string;
  readonly spaceGuid: string;
  readonly organizationName: string;
  readonly organizationGuid: string;
  /** e.g. `https://api.example.com`. */
  readonly cfApi: string;
}

/** The process that an environment is for. */
export interface ProcessFacts {
  readonly guid: string;
  readonly type: string;
}

/** Limits as VCAP_APPLICATION shows them. */
export interface Limits {
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly fileDescriptors: number;
}

/** VCAP_APPLICATION while staging (and of a task): `users` is null, nothing about a process. */
export function stagingVcapApplication(app: AppFacts, limits: Limits): string {
  return JSON.stringify({
    ...sharedFields(app, limits),
    users: null,
    application_id: app.guid,
    ...versions(app),
  });
}

/** VCAP_APPLICATION of a process or sidecar, as Cloud Controller hands it to the launcher; without `users`. */
export function processVcapApplication(app: AppFacts, process: ProcessFacts, limits: Limits): string {
  return JSON.stringify({
    ...sharedFields(app, limits),
    process_id: process.guid,
    process_type: process.type,
    application_id: app.guid,
    ...versions(app),
  });
}

/** Source of keys and order: cloud_controller_ng lib/vcap/vars_builder.rb. */
function sharedFields(app: AppFacts, limits: Limits) {
  return {
    cf_api: app.cfApi,
    limits: { fds: limits.fileDescriptors, mem: limits.memoryMb, disk: limits.diskMb },
    application_name: app.name,
    application_uris: app.uris,
    name: app.name,
    space_name: app.spaceName,
    space_id: app.spaceGuid,
    organization_id: app.organizationGuid,
    organization_name: app.organizationName,
    uris: app.uris,
  };
}

function versions({ version }: AppFacts) {
  return { version, application_version: version };
}
