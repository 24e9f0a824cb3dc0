import type { Container } from '../engine/engine.ts';
import type { Cell } from '../engine/cell.ts';
import { contentsLayout, BUILD_DIR } from '../lifecycle/container-paths.ts';
import type { NetworkFacts } from '../lifecycle/container-network.ts';
import type { PhaseRecord, ShownPhase, TreeChange } from '../lifecycle/tree-change.ts';
import type { Emit } from '../logs/event.ts';
import { withNetwork } from '../plan/network-later.ts';
import type { Basis } from '../plan/kept-basis.ts';
import type { InputFingerprints } from '../plan/input-fingerprints.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { StagingTrace, StepIndex, TracedStep } from '../plan/staging-trace.ts';
import type { RawPath } from '../snapshot/listing.ts';
import { keepStates } from '../snapshot/kept-states.ts';
import { asText, rawPlace } from '../snapshot/tree-changes.ts';
import type { TreeState } from '../snapshot/tree-state.ts';
import { InputSync, type VersionedInputs } from './input-sync.ts';
import type { LiveTree, Look } from './live-tree.ts';
import { PhaseRecorder } from './phase-recorder.ts';
import type { PhaseOutcome } from './run-phase.ts';
import { withTexts } from './phase-texts.ts';
import { Snapshots } from './snapshots.ts';
import { LEFT, type KeptContainer } from './kept-container.ts';
import { resumeTree } from './resume-tree.ts';
import { isLast, mayGoOn } from './traced-steps.ts';
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
  readonly #unlisted: readonly string[];
  readonly #sync: InputSync;
  #plan: StagingPlan;
  #inputs: InputFingerprints;
  #steps: TracedStep[] = [];
  #complete = false;
  #reads: Map<string, StepIndex>[];
  #killedBefore = 0;
  #last: { readonly step: TracedStep; readonly ran: PhaseOutcome | undefined } | undefined;
  /** From this step on nobody knows what was read of buildpacks. */
  #lostReads: StepIndex | undefined;
  #toldOfProcesses = false;

  private constructor(
    container: Container,
    network: NetworkFacts,
    unlisted: readonly string[],
    snapshots: Snapshots,
    { plan, inputs }: Basis,
  ) {
    this.container = container;
    this.#network = network;
    this.#unlisted = unlisted;
    this.#tree = snapshots.tree;
    this.#snapshots = snapshots;
    this.#sync = new InputSync(container, snapshots.tree.agent, inputs);
    this.#plan = plan;
    this.#inputs = inputs;
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
    const { unlisted = [], kept = false } = options;
    const all = { ...given, kept };
    const { container, network, tree } = await openListedContainer(cell, all, log, deadline, options);
    try {
      const basis = { plan, inputs: inputs.fingerprints };
      const made = new RewindableContainer(container, network, unlisted, new Snapshots(tree), basis);
      await made.#snapshots.keep(0);
      if (!(await tree.agent.watch())) made.#lostReads = 0;
      return made;
    } catch (error) {
      await container.remove();
      throw error;
    }
  }

  /** Goes on with a container that was left. `basis` is what its last staging was made from. Raises CONTAINER_GONE and INTERNAL. */
  static async resume(
    cell: Cell,
    kept: KeptContainer,
    basis: Basis,
    signal: AbortSignal,
  ): Promise<RewindableContainer> {
    const container = cell.engine.container(kept.id, kept.name);
    try {
      const snapshots = await resumeTree(container, kept, signal);
      const made = new RewindableContainer(container, kept.network, kept.unlisted, snapshots, basis);
      made.#steps = [...kept.steps];
      made.#complete = true;
      made.records.push(...kept.records.map((record) => record ?? undefined));
      if (kept.reads === null) made.#lostReads = 0;
      else made.#reads = kept.reads.map((reads) => new Map(reads));
      if (!(await snapshots.tree.agent.watch())) made.#lostReads = 0;
      return made;
    } catch (error) {
      container.release();
      throw error;
    }
  }

  /**
   * Ends what runs in the container and lets go of it, to be gone on with later. Undefined when the last staging was
   * interrupted: then it is no good for that.
   */
  async leave(): Promise<KeptContainer | undefined> {
    if (!this.#complete) return undefined;
    const { agent } = this.#tree;
    await agent.reopen(this.#plan.contentsDir);
    await this.#tree.look();
    const archives = await this.#snapshots.archives();
    this.container.release();
    return {
      id: this.container.id,
      name: this.container.name,
      network: this.#network,
      roots: agent.roots,
      unlisted: this.#unlisted,
      states: keepStates([[LEFT, this.#tree.state], ...this.#snapshots.states]),
      identities: [...this.#tree.identities],
      lastToken: this.#tree.tokens,
      layers: this.#snapshots.layers,
      archives,
      steps: this.#steps,
      reads: this.#lostReads === undefined ? this.#reads.map((reads) => [...reads]) : null,
      records: this.records.map((record) => record ?? null),
    };
  }

  get trace(): StagingTrace {
    return {
      plan: this.#plan,
      inputs: this.#inputs,
      steps: this.#steps,
      complete: this.#complete,
      points: this.#snapshots.points,
      reads: this.#lostReads === undefined ? this.#reads : undefined,
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

  /** Whether it is there, as far as vcap can change it. */
  exists(path: string): Promise<boolean> {
    return Promise.resolve(this.state.has(Buffer.from(path).toString('latin1')));
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
    const otherFirst = this.changesFirstState(plan, inputs);
    // No state holds the buildpacks that vcap cannot change.
    const [sent, restored] = await Promise.allSettled([
      this.#sync.sendBuildpacks(plan, inputs, false, signal),
      this.#restore(point, plan),
    ]);
    if (restored.status === 'rejected') throw restored.reason;
    if (sent.status === 'rejected') throw sent.reason;
    if (otherFirst) {
      await this.#sync.sendFirstState(plan, inputs, signal);
      await this.#tree.look();
      await this.#snapshots.keep(0);
    }
    if (this.#lostReads !== undefined && this.#lostReads >= point) this.#lostReads = undefined;
    if (sent.value && !(await agent.watch())) this.#lostReads ??= point;
  }

  async #restore(point: StepIndex, { contentsDir }: StagingPlan): Promise<void> {
    await this.#tree.agent.reopen(contentsDir);
    const { killed } = await this.#tree.look();
    this.#killedBefore = killed;
    await this.#snapshots.rewind(point);
    this.#snapshots.forgetAfter(point);
    for (const reads of this.#reads) for (const [path, step] of reads) if (step >= point) reads.delete(path);
  }

  /** Takes down what a step has changed and keeps the state after it. The last one is looked at once it is packed. */
  async after(step: TracedStep, ran: PhaseOutcome | undefined, emit: Emit): Promise<void> {
    const index = this.#steps.push(step) - 1;
    this.#last = { step, ran };
    if (isLast(step)) return;
    const { look, record } = await this.#look(emit);
    if (look.processes > 0) await this.#tellOfProcesses(record, emit);
    else if (mayGoOn(step)) await this.#snapshots.keep(index + 1);
  }

  /** Looks at what was packed, or was to be, under the paths from before that. */
  async conclude(emit: Emit): Promise<void> {
    this.#complete = true;
    if (this.#last !== undefined && isLast(this.#last.step)) await this.#look(emit);
  }

  async #look(emit: Emit): Promise<{ look: Look; record: PhaseRecord | undefined }> {
    const index = this.#steps.length - 1;
    const { step, ran } = this.#last ?? {};
    const { app } = contentsLayout(this.#plan.contentsDir);
    const unpacked = (path: RawPath) =>
      path === app || path.startsWith(`${app}/`) ? `${BUILD_DIR}${path.slice(app.length)}` : path;
    const packed = step !== undefined && isLast(step);
    const recorder = new PhaseRecorder(this.#tree, emit);
    const { look, record } = await recorder.after(step, ran, this.#plan, packed ? unpacked : undefined);
    this.#noteReads(look.reads, index);
    this.records[index] = record;
    return { look, record };
  }

  /** Whether the kernel killed something since the last rewind. */
  async outOfMemory(): Promise<boolean> {
    return (await this.#tree.agent.list()).killed > this.#killedBefore;
  }

  /** What the phases did, with the texts that can still be had. */
  async shownPhases(signal: AbortSignal): Promise<readonly ShownPhase[]> {
    const { contentsDir } = this.#plan;
    const shown: ShownPhase[] = [];
    for (const [step, record] of this.records.entries()) {
      if (record === undefined) continue;
      const where = (change: TreeChange, point: StepIndex) => ({
        layer: this.#snapshots.layerAt(point, rawPlace(change, contentsDir)),
        isLive: point === this.#steps.length,
      });
      const kept = {
        record,
        before: (one: TreeChange) => where(one, step),
        after: (one: TreeChange) => where(one, step + 1),
      };
      shown.push(await withTexts(kept, this.container, contentsDir, signal));
    }
    return shown;
  }

  #noteReads(reads: readonly RawPath[] | undefined, step: StepIndex): void {
    if (reads === undefined) this.#lostReads ??= step;
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
