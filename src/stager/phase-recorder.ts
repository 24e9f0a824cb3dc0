import { contentsLayout } from '../lifecycle/container-paths.ts';
import type { PhaseRecord } from '../lifecycle/tree-change.ts';
import type { Emit } from '../logs/event.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { TracedStep } from '../plan/staging-trace.ts';
import type { RawPath } from '../snapshot/listing.ts';
import { treeChanges } from '../snapshot/tree-changes.ts';
import type { LiveTree, Look } from './live-tree.ts';
import type { PhaseOutcome } from './run-phase.ts';

/** Takes down what each script has changed, and tells of it. */
export class PhaseRecorder {
  readonly #tree: LiveTree;
  readonly #emit: Emit;

  constructor(tree: LiveTree, emit: Emit) {
    this.#tree = tree;
    this.#emit = emit;
  }

  /**
   * Looks at the container after a step; there is a record when that ran a script.
   * @param known the path under which a node was known before, where it was moved as a whole.
   */
  async after(
    traced: TracedStep | undefined,
    ran: PhaseOutcome | undefined,
    { app, contentsDir }: StagingPlan,
    known?: (path: RawPath) => RawPath,
  ): Promise<{ readonly look: Look; readonly record: PhaseRecord | undefined }> {
    const look = await this.#tree.look(known);
    const step = traced?.step;
    if (ran === undefined || step?.step !== 'run') return { look, record: undefined };
    const { exitCode, durationMs } = ran;
    const { tmp, logs } = contentsLayout(contentsDir);
    const changes = treeChanges(look.before, look.after, contentsDir).filter(
      // Made where the droplet is packed, not by the script.
      ({ tree, path }) => known === undefined || tree !== 'elsewhere' || (path !== tmp && path !== logs),
    );
    const record = { phase: step.phase, buildpack: step.key, exitCode, durationMs, changes };
    await this.#emit({ type: 'phase-recorded', app, record });
    return { look, record };
  }
}
