import type { Cell } from '../engine/cell.ts';
import { ranOutOfMemory } from '../engine/out-of-memory.ts';
import type { Emit } from '../logs/event.ts';
import { withNetwork } from '../plan/network-later.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import { concludeStaging, type FailedStaging, type StagedDroplet } from './conclude-staging.ts';
import { StepRunner } from './run-steps.ts';
import { destroyStagingContainer, openStagingContainer, type StoredCache } from './staging-container.ts';
import { StagingDeadline } from './staging-deadline.ts';
import { StagingLog } from './staging-log.ts';
import type { StagingInputs } from './staging-trees.ts';

/**
 * Stages an app: one container, all scripts in it. The container is the caller's once this has returned, whatever the
 * outcome, and goes with what is returned; when it throws, the container is gone.
 */
export class Stager {
  readonly #cell: Cell;
  readonly #emit: Emit;

  constructor(cell: Cell, emit: Emit) {
    this.#cell = cell;
    this.#emit = emit;
  }

  async stage(
    plan: StagingPlan,
    inputs: StagingInputs,
    cache: StoredCache | undefined,
    signal: AbortSignal,
  ): Promise<(StagedDroplet | FailedStaging) & AsyncDisposable> {
    using deadline = new StagingDeadline(plan, signal);
    const log = new StagingLog(this.#emit, plan, this.#cell.id);
    const given = { plan, inputs, cache };
    const { container, network } = await openStagingContainer(
      this.#cell,
      plan.container,
      given,
      log,
      deadline,
    );
    try {
      const steps = await new StepRunner(
        plan,
        { container, env: withNetwork(plan.env, network) },
        log.output,
        deadline.signal,
      ).run();
      const outOfMemory = () => ranOutOfMemory(container, deadline.signal);
      const finished = { plan, container, steps, log, outOfMemory };
      const outcome = await concludeStaging(finished, this.#emit, deadline.signal);
      return { ...outcome, [Symbol.asyncDispose]: once(() => destroyStagingContainer(container, log)) };
    } catch (error) {
      await container.remove();
      throw error;
    }
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
