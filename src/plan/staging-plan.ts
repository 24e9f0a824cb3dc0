import type { PhaseInput, PhasePlan } from '../buildpack/phases.ts';
import type { ContainerSpec } from '../lifecycle/container-spec.ts';
import type { Environment } from '../lifecycle/environment.ts';

/** A buildpack's place in the staging container. */
export interface PlannedBuildpack {
  readonly key: string;
  /** E.g. `/tmp/buildpacks/0a1b2c3d4e5f6071`. */
  readonly path: string;
  /** Buildpacks given by URL are the builder's own download and may change themselves; registered ones may not. */
  readonly writable: boolean;
}

/** Everything that staging an app will do, as plain data. Only detection leaves something open. */
export interface StagingPlan {
  readonly app: string;
  readonly stack: string;
  readonly buildGuid: string;
  readonly container: ContainerSpec;
  /** Of every script, but for the addresses that are known once the container runs. */
  readonly env: Environment;
  readonly buildpacks: readonly PlannedBuildpack[];
  readonly skipDetect: boolean;
  readonly contentsDir: PhaseInput['contentsDir'];
  readonly phases: PhasePlan;
  readonly phaseInput: PhaseInput;
  readonly timeoutSeconds: number;
  /** Bytes a second; -1 is unlimited. */
  readonly logRateLimitBytes: number;
}
