/**
 * Path → what tells one version of a file from the next (type, mode, size, time of change; never its content). Equal
 * text is equal content; a file that was written anew differs even if it holds the same.
 */
export type TreeFingerprint = ReadonlyMap<string, string>;

/** What of a staging's inputs is not in its plan. */
export interface InputFingerprints {
  readonly bits: TreeFingerprint;
  /** In the plan's order. */
  readonly buildpacks: readonly TreeFingerprint[];
  /** The build cache that a staging begins with; the same text, the same cache. */
  readonly cache: string;
  /** Certificates and service files of the platform. */
  readonly platform: string;
  /** How the backing services are run, which scripts may talk to. */
  readonly services: string;
}

/** What running the app depends on besides its droplet, each as a text that differs when it does. */
export interface LaunchFingerprints {
  readonly routes: string;
  /** How many instances of each process. */
  readonly instances: string;
  /** Command, sidecars, health check, memory, run-time environment. */
  readonly settings: string;
}
