import type { ContainerSpec } from '../lifecycle/container-spec.ts';
import type { Environment } from '../lifecycle/environment.ts';
import type { PortShape } from '../lifecycle/instance-ports.ts';

/** A main process or a sidecar: one launcher with its own environment and log source. */
export interface ProcessStep {
  /** `web`, or the sidecar's name. */
  readonly name: string;
  /** E.g. `APP/PROC/WEB/SIDECAR/CONFIG-SERVER/0`. */
  readonly source: string;
  readonly command: string;
  readonly argv: readonly string[];
  /** As the command sees it, but for the addresses that are known once the container runs. */
  readonly env: Environment;
}

/** A check of an instance from inside its container; `process` means none but that its processes run. */
export type Check =
  | { readonly type: 'process' }
  | {
      readonly type: 'port' | 'http';
      readonly port: number;
      readonly endpoint: string;
      readonly invocationTimeoutSeconds: number;
      /** Between two attempts once it has passed. */
      readonly intervalSeconds: number;
    };

/** Everything that starting one instance of a process will do, as plain data. */
export interface LaunchPlan {
  readonly app: string;
  readonly processType: string;
  readonly index: number;
  readonly instanceGuid: string;
  readonly container: ContainerSpec;
  readonly main: ProcessStep;
  readonly sidecars: readonly ProcessStep[];
  /** Decides first whether the instance starts, then whether it lives. */
  readonly healthCheck: Check;
  /** Deadline of the start. */
  readonly startTimeoutSeconds: number;
  /** Decides whether the router sends requests. */
  readonly readinessCheck: Check;
  /** What a login shell starts from: Cloud Controller's environment of the main process, before the launcher. */
  readonly sshEnv: Environment;
  /** What the launcher changes in it, for `/tmp/lifecycle/shell`. */
  readonly launcherEnv: Environment;
  /** The port that the app listens on. */
  readonly port: number;
  readonly portShape: PortShape;
  readonly stopGraceSeconds: number;
  /** Bytes a second of all sources together; -1 is unlimited. */
  readonly logRateLimitBytes: number;
}
