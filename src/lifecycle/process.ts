/** A process type of a droplet, as `processes` of result.json names it. */
export interface Process {
  readonly type: string;
  readonly command: string;
}

/**
 * A sidecar of a droplet, as `sidecars` of result.json names it. `memory` is in MB; absent means none was asked for.
 * Source: buildpackapplifecycle models.go `Sidecar`.
 */
export interface Sidecar {
  readonly name: string;
  readonly process_types: readonly string[];
  readonly command: string;
  readonly memory?: number;
}
