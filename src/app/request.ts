import type { PortShape } from '../lifecycle/instance-ports.ts';
import type { Overrides } from '../manifest/apply-overrides.ts';
import type { StackPolicy } from '../stack/stack-choice.ts';

/** Which app is meant, as the flags of `cf push` say it. Relative paths are relative to `cwd`. */
export interface AppRequest {
  readonly cwd: string;
  readonly appName?: string;
  /** -f */
  readonly manifestFile?: string;
  /** -p */
  readonly path?: string;
  /** --var, each `NAME=VALUE` */
  readonly vars: readonly string[];
  readonly varsFiles: readonly string[];
  readonly overrides: Overrides;
}

export interface StageRequest extends AppRequest {
  /** A buildpack as the manifest writes it → the directory or zip to use in its place. */
  readonly localBuildpacks: ReadonlyMap<string, string>;
  readonly stackPolicy?: StackPolicy;
  /** PEM file whose certificates the containers are to trust. */
  readonly caCert?: string;
  /** Choose among the buildpacks named with -b by detection, as a foundation does among its own. */
  readonly detect: boolean;
  readonly clearCache: boolean;
  readonly stagingTimeoutSeconds: number;
}

export interface PushRequest extends StageRequest {
  /** Port of this machine for the app; 0 takes a free one. */
  readonly port: number;
  readonly portShape: PortShape;
}
