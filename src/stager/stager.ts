import type { Cell } from '../engine/cell.ts';
import { ranOutOfMemory } from '../engine/out-of-memory.ts';
import type { Emit } from '../logs/event.ts';
import { withNetwork } from '../plan/network-later.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import { CacheWatch } from './cache-watch.ts';
import { concludeStaging, type FailedStaging, type StagedDroplet } from './conclude-staging.ts';
import { PhaseRecorder } from './phase-recorder.ts';
import { StepRunner, type AfterStep } from './run-steps.ts';
import {
  destroyStagingContainer,
  openListedContainer,
  openStagingContainer,
  type ReadyContainer,
  type StagingGiven,
  type StoredCache,
} from './staging-container.ts';
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
  readonly #recordsChanges: boolean;

  /** @param recordChanges tell of each script what it changed. */
  constructor(cell: Cell, emit: Emit, recordChanges = false) {
    this.#cell = cell;
    this.#emit = emit;
    this.#recordsChanges = recordChanges;
  }

  async stage(
    plan: StagingPlan,
    inputs: StagingInputs,
    cache: StoredCache | undefined,
    signal: AbortSignal,
  ): Promise<(StagedDroplet | FailedStaging) & AsyncDisposable> {
    using deadline = new StagingDeadline(plan, signal);
    const log = new StagingLog(this.#emit, plan, this.#cell.id);
    const { container, network, after } = await this.#open({ plan, inputs, cache }, log, deadline);
    try {
      const exists = (path: string) => container.exists(path);
      const place = { container, env: withNetwork(plan.env, network), exists };
      const cacheWatch =
        cache !== undefined && inputs.recordsCacheUse === true
          ? await CacheWatch.begin(container, plan.contentsDir, deadline.signal)
          : undefined;
      const steps = await new StepRunner(plan, place, log.output, deadline.signal, [], after).run();
      const use = await cacheWatch?.end(deadline.signal);
      if (use !== undefined) await this.#emit({ type: 'cache-used', app: plan.app, use });
      const outOfMemory = () => ranOutOfMemory(container, deadline.signal);
      const finished = { plan, container, steps, log, outOfMemory };
      const outcome = await concludeStaging(finished, this.#emit, deadline.signal);
      return { ...outcome, [Symbol.asyncDispose]: once(() => destroyStagingContainer(container, log)) };
    } catch (error) {
      await container.remove();
      throw error;
    }
  }

  async #open(
    given: StagingGiven,
    log: StagingLog,
    deadline: StagingDeadline,
  ): Promise<ReadyContainer & { readonly after?: AfterStep }> {
    if (!this.#recordsChanges) return await openStagingContainer(this.#cell, given, log, deadline);
    const { tree, ...ready } = await openListedContainer(this.#cell, given, log, deadline);
    const recorder = new PhaseRecorder(tree, this.#emit);
    const after: AfterStep = async (step, ran) => {
      await recorder.after(step, ran, given.plan);
    };
    return { ...ready, after };
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
