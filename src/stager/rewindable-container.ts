import type { Container } from '../engine/engine.ts';
import type { Cell } from '../engine/cell.ts';
import { contentsLayout, BUILD_DIR } from '../lifecycle/container-paths.ts';
import type { NetworkFacts } from '../lifecycle/container-network.ts';
import type { PhaseRecord } from '../lifecycle/tree-change.ts';
import type { Emit } from '../logs/event.ts';
import { withNetwork } from '../plan/network-later.ts';
import type { InputFingerprints } from '../plan/input-fingerprints.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { StagingTrace, StepIndex, TracedStep } from '../plan/staging-trace.ts';
import type { RawPath } from '../snapshot/listing.ts';
import { asText } from '../snapshot/tree-changes.ts';
import type { TreeState } from '../snapshot/tree-state.ts';
import { InputSync, type VersionedInputs } from './input-sync.ts';
import type { LiveTree } from './live-tree.ts';
import { PhaseRecorder } from './phase-recorder.ts';
import type { PhaseOutcome } from './run-phase.ts';
import { Snapshots } from './snapshots.ts';
import { openListedContainer, type ListedOptions, type StagingGiven } from './staging-container.ts';
import type { StagingDeadline } from './staging-deadline.ts';
import type { StagingLog } from './staging-log.ts';

/** A staging container that can be brought back to its states before each step. */
export class RewindableContainer {
  readonly container: Container;
  readonly records: (PhaseRecord | undefined)[] = [];
  readonly #network: NetworkFacts;
  readonly #tree: LiveTree;
  readonly #snapshots: Snapshots;
  readonly #sync: InputSync;
  #plan: StagingPlan;
  #inputs: InputFingerprints;
  #steps: TracedStep[] = [];
  #complete = false;
  #reads: Map<string, StepIndex>[];
  #killedBefore = 0;
  #tellsReads = false;
  #toldOfProcesses = false;

  private constructor(
    container: Container,
    network: NetworkFacts,
    tree: LiveTree,
    plan: StagingPlan,
    inputs: VersionedInputs,
  ) {
    this.container = container;
    this.#network = network;
    this.#tree = tree;
    this.#snapshots = new Snapshots(tree);
    this.#sync = new InputSync(container, tree.agent, inputs.fingerprints);
    this.#plan = plan;
    this.#inputs = inputs.fingerprints;
    this.#reads = plan.buildpacks.map(() => new Map<string, StepIndex>());
  }

  /** Makes the container, fills it and keeps its first state. When it throws, the container is gone. */
  static async open(
    cell: Cell,
    given: StagingGiven & { readonly inputs: VersionedInputs },
    log: StagingLog,
    deadline: StagingDeadline,
    options: ListedOptions,
  ): Promise<RewindableContainer> {
    const { plan, inputs } = given;
    const { container, network, tree } = await openListedContainer(cell, given, log, deadline, options);
    try {
      const made = new RewindableContainer(container, network, tree, plan, inputs);
      await made.#snapshots.keep(0);
      made.#tellsReads = await tree.agent.watch();
      return made;
    } catch (error) {
      await container.remove();
      throw error;
    }
  }

  get trace(): StagingTrace {
    return {
      plan: this.#plan,
      inputs: this.#inputs,
      steps: this.#steps,
      complete: this.#complete,
      points: this.#snapshots.points,
      reads: this.#tellsReads ? this.#reads : undefined,
    };
  }

  /** Steps that the container has behind it. */
  get steps(): readonly TracedStep[] {
    return this.#steps;
  }

  /** Of every script of the present plan. */
  get env(): Readonly<Record<string, string>> {
    return withNetwork(this.#plan.env, this.#network);
  }

  /** Bytes of the container's disk that are not the staging's. */
  get keptBytes(): number {
    return this.#snapshots.bytes;
  }

  /** What vcap can change, as it was looked at last. */
  get state(): TreeState {
    return this.#tree.state;
  }

  /** Whether a redo with these inputs has to begin with the first step. */
  changesFirstState(plan: StagingPlan, inputs: VersionedInputs): boolean {
    return this.#sync.changesFirstState(plan, inputs);
  }

  /** Brings the container back to the state before a step, with other inputs. When it throws, it is of no use any more. */
  async rewind(
    point: StepIndex,
    plan: StagingPlan,
    inputs: VersionedInputs,
    signal: AbortSignal,
  ): Promise<void> {
    const { agent } = this.#tree;
    this.#plan = plan;
    this.#complete = false;
    this.#steps = this.#steps.slice(0, point);
    this.records.length = point;
    this.#inputs = inputs.fingerprints;
    await agent.settle();
    await agent.reopen(plan.contentsDir);
    const { killed } = await this.#tree.look();
    this.#killedBefore = killed;
    await this.#snapshots.rewind(point);
    await this.#snapshots.forgetAfter(point);
    for (const reads of this.#reads) for (const [path, step] of reads) if (step >= point) reads.delete(path);
    const otherFirst = this.changesFirstState(plan, inputs);
    await this.#sync.send(plan, inputs, signal);
    if (otherFirst) {
      await this.#tree.look();
      await this.#snapshots.keep(0);
    }
    this.#tellsReads = await agent.watch();
  }

  /** Takes down what a step has changed and keeps the state after it. */
  async after(step: TracedStep, ran: PhaseOutcome | undefined, emit: Emit): Promise<void> {
    const index = this.#steps.length;
    const { look, record } = await new PhaseRecorder(this.#tree, emit).after(step, ran, this.#plan);
    this.#noteReads(look.reads, index);
    this.records[index] = record;
    this.#steps.push(step);
    if (look.processes > 0) await this.#tellOfProcesses(record, emit);
    else if (mayGoOn(step)) await this.#snapshots.keep(index + 1);
  }

  /** Looks at what was packed, under the paths from before that. */
  async afterPacking(): Promise<void> {
    const { app } = contentsLayout(this.#plan.contentsDir);
    const isApp = (path: RawPath) => path === app || path.startsWith(`${app}/`);
    await this.#tree.look((path) => (isApp(path) ? `${BUILD_DIR}${path.slice(app.length)}` : path));
  }

  /** Whether the kernel killed something since the last rewind. */
  async outOfMemory(): Promise<boolean> {
    return (await this.#tree.agent.list()).killed > this.#killedBefore;
  }

  conclude(): void {
    this.#complete = true;
  }

  #noteReads(reads: readonly RawPath[] | undefined, step: StepIndex): void {
    if (reads === undefined) this.#tellsReads = false;
    for (const raw of reads ?? []) {
      const path = asText(raw);
      this.#plan.buildpacks.forEach(({ path: root }, i) => {
        const known = this.#reads[i];
        const inside = path.slice(root.length + 1);
        if (path.startsWith(`${root}/`) && known?.has(inside) === false) known.set(inside, step);
      });
    }
  }

  async #tellOfProcesses(record: PhaseRecord | undefined, emit: Emit): Promise<void> {
    if (this.#toldOfProcesses || record === undefined) return;
    this.#toldOfProcesses = true;
    const message = `${record.phase} of ${record.buildpack} leaves processes running: what comes after it is redone from there`;
    await emit({ type: 'warning', message });
  }
}

/** After bin/release, and after a failure, nothing comes that could be redone by itself. */
function mayGoOn({ step, outcome }: TracedStep): boolean {
  if (step.step !== 'run') return true;
  return step.phase === 'detect' || (outcome !== 'failed' && step.phase !== 'release');
}
