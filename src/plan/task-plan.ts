import type { ContainerSpec } from '../lifecycle/container-spec.ts';
import type { ProcessStep } from './launch-plan.ts';

/** Everything that running one task will do, as plain data. */
export interface TaskPlan {
  readonly app: string;
  readonly name: string;
  readonly taskGuid: string;
  readonly container: ContainerSpec;
  /** The task itself; its environment lacks only the addresses that are known once the container runs. */
  readonly process: ProcessStep;
  readonly stopGraceSeconds: number;
  /** Bytes a second; -1 is unlimited. */
  readonly logRateLimitBytes: number;
}
