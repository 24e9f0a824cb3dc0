import type { Cell } from '../engine/cell.ts';
import type { Container } from '../engine/engine.ts';
import { CfstageError } from '../errors.ts';
import type { PhaseRecord, ShownPhase, TreeChange } from '../lifecycle/tree-change.ts';
import type { Emit } from '../logs/event.ts';
import type { Basis } from '../plan/kept-basis.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { StagingTrace, StepIndex } from '../plan/staging-trace.ts';
import { dropletChanges } from '../snapshot/droplet-changes.ts';
import { concludeStaging, type FailedStaging } from './conclude-staging.ts';
import type { KeptContainer } from './kept-container.ts';
import type { VersionedInputs } from './input-sync.ts';
import { RewindableContainer } from './rewindable-container.ts';
import { phaseArgv, type PhaseOutcome } from './run-phase.ts';
import { StepRunner } from './run-steps.ts';
import { destroyStagingContainer, type ListedOptions, type StoredCache } from './staging-container.ts';
import { StagingDeadline } from './staging-deadline.ts';
import { StagingLog } from './staging-log.ts';
import { watchedDroplet, type WatchedDroplet } from './watched-droplet.ts';

type Entries = WatchedDroplet['entries'];

/** The phase that failed, so that it can be run by hand. */
export interface FailedPhasePlace {
  readonly step: StepIndex;
  readonly phase: string;
  readonly buildpack: string;
  /** As it was run by vcap in /home/vcap. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exitCode: number;
}

/** A staging that failed, in a container that stays as the failing phase left it. */
export interface WatchedFailure extends FailedStaging {
  readonly records: readonly PhaseRecord[];
  /** Undefined when no script failed, e.g. for a Procfile that cannot be read. */
  readonly failedPhase: FailedPhasePlace | undefined;
}

/**
 * Stages one app again and again in one container, each time from the earliest step that has to be redone. What comes
 * out equals a staging from nothing with the same cache. Disposing removes the container.
 */
export class RewindableStaging implements AsyncDisposable {
  readonly #cell: Cell;
  readonly #emit: Emit;
  readonly #options: ListedOptions;
  #place: RewindableContainer | undefined;
  #log: StagingLog | undefined;
  /** Whether the last staging has come to one. */
  #hasDroplet = false;
  #droplets: { readonly before: Entries | undefined; readonly now: Entries } | undefined;

  /** @param options of the containers, e.g. what is kept from one to the next and no part of any state. */
  constructor(cell: Cell, emit: Emit, options: ListedOptions = {}) {
    this.#cell = cell;
    this.#emit = emit;
    this.#options = options;
  }

  /** Undefined before the first staging and when there is nothing to go back to. */
  get last(): StagingTrace | undefined {
    return this.#place?.trace;
  }

  /** The staging container; undefined before the first staging. */
  get container(): Container | undefined {
    return this.#place?.container;
  }

  /** What the phases of the last staging did, those that were not redone included. Not while one is at work. */
  async shownPhases(signal: AbortSignal): Promise<readonly ShownPhase[]> {
    return (await this.#place?.shownPhases(signal)) ?? [];
  }

  /**
   * What is another in the droplet of the last staging than in the one before it; undefined when there is none, or another
   * container made that one.
   */
  get dropletChanges(): readonly TreeChange[] | undefined {
    const { before, now } = this.#droplets ?? {};
    if (!this.#hasDroplet || before === undefined || now === undefined) return undefined;
    return dropletChanges(before, now);
  }

  /**
   * Stages. `from` other than 'nothing' needs a `last`, and a plan with its build guid and contents directory; a redo may
   * begin with an earlier step that can be gone back to. What was staged before is gone then. When this throws, an
   * interruption included, the next staging may still begin at any of the points of `last`. `ready` is called when the
   * container has started and only waits for its files: what else the engine has to do should not hold that up.
   */
  async stage(
    plan: StagingPlan,
    inputs: VersionedInputs,
    cache: StoredCache | undefined,
    from: StepIndex | 'nothing',
    signal: AbortSignal,
    ready: () => void = () => undefined,
  ): Promise<WatchedDroplet | WatchedFailure> {
    const log = new StagingLog(this.#emit, plan, this.#cell.id);
    this.#hasDroplet = false;
    using deadline = new StagingDeadline(plan, signal, () => this.#place?.keptBytes ?? 0);
    const place =
      (await this.#goBack(from, plan, inputs, deadline, ready)) ??
      (await this.#begin(plan, inputs, cache, log, deadline, ready));
    this.#log = log;
    const { container } = place;
    let last: PhaseOutcome | undefined;
    const steps = await new StepRunner(
      plan,
      place,
      log.output,
      deadline.signal,
      [...place.steps],
      (step, ran) => {
        last = ran;
        return place.after(step, ran, this.#emit);
      },
    ).run();
    const outOfMemory = () => place.outOfMemory();
    const outcome = await concludeStaging(
      { plan, container, steps, log, outOfMemory },
      this.#emit,
      deadline.signal,
    );
    await place.conclude(this.#emit);
    const records = place.records.filter((record) => record !== undefined);
    if (outcome.failure !== undefined) return { ...outcome, records, failedPhase: failedPhase(place, last) };
    const droplet = watchedDroplet(outcome, plan.contentsDir, place.state, records);
    this.#droplets = { before: this.#droplets?.now, now: droplet.entries };
    this.#hasDroplet = true;
    return droplet;
  }

  /**
   * Leaves the container as it is, to be gone on with by `resume`. Undefined when there is nothing to go on with; the
   * container is still this one's then.
   */
  async leave(): Promise<KeptContainer | undefined> {
    const place = this.#place;
    if (place === undefined) return undefined;
    await this.#options.finish?.(place.container);
    const kept = await place.leave();
    if (kept !== undefined) this.#place = undefined;
    return kept;
  }

  /** Goes on with a container that was left; from here on it is this one's. Raises CONTAINER_GONE and INTERNAL when it is no good. */
  async resume(kept: KeptContainer, basis: Basis, signal: AbortSignal): Promise<void> {
    this.#place = await RewindableContainer.resume(this.#cell, kept, basis, signal);
  }

  /** Removes the container, if there is one. */
  async [Symbol.asyncDispose](): Promise<void> {
    const place = this.#place;
    this.#place = undefined;
    if (place !== undefined) await this.#options.finish?.(place.container);
    if (place !== undefined && this.#log !== undefined)
      await destroyStagingContainer(place.container, this.#log);
    else await place?.container.remove();
  }

  async #begin(
    plan: StagingPlan,
    inputs: VersionedInputs,
    cache: StoredCache | undefined,
    log: StagingLog,
    deadline: StagingDeadline,
    ready: () => void,
  ): Promise<RewindableContainer> {
    await this[Symbol.asyncDispose]();
    // Tokens of another container mean nothing in this one.
    this.#droplets = undefined;
    this.#place = await RewindableContainer.open(this.#cell, { plan, inputs, cache }, log, deadline, {
      ...this.#options,
      started: ready,
    });
    return this.#place;
  }

  /** The container in the state before a step; undefined when a new one is wanted or needed. */
  async #goBack(
    from: StepIndex | 'nothing',
    plan: StagingPlan,
    inputs: VersionedInputs,
    deadline: StagingDeadline,
    ready: () => void,
  ): Promise<RewindableContainer | undefined> {
    const place = this.#place;
    if (from === 'nothing' || place === undefined) return undefined;
    ready();
    deadline.watch(place.container);
    // They may have changed since, and those of a container that was left are not there any more.
    await inputs.awaitServices(place.container, deadline.signal);
    const wanted = place.changesFirstState(plan, inputs) ? 0 : from;
    const point = place.trace.points.findLast((one) => one <= wanted) ?? 0;
    try {
      await place.rewind(point, plan, inputs, deadline.signal);
      return place;
    } catch (error) {
      if (!(error instanceof CfstageError) || !['INTERNAL', 'CONTAINER_GONE'].includes(error.code)) {
        await this[Symbol.asyncDispose]();
        throw error;
      }
      await this.#emit({ type: 'warning', message: `${error.message}; it is made anew` });
      return undefined;
    }
  }
}

function failedPhase(
  place: RewindableContainer,
  ran: PhaseOutcome | undefined,
): FailedPhasePlace | undefined {
  const last = place.steps.at(-1);
  if (ran === undefined || last?.outcome !== 'failed' || last.step.step !== 'run') return undefined;
  const { phase, key } = last.step;
  return {
    step: place.steps.length - 1,
    phase,
    buildpack: key,
    argv: phaseArgv(last.step),
    env: place.env,
    exitCode: ran.exitCode,
  };
}
