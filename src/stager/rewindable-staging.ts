import type { Readable } from 'node:stream';
import type { Cell } from '../engine/cell.ts';
import type { Container } from '../engine/engine.ts';
import { CfstageError } from '../errors.ts';
import type { PhaseRecord, TreeNode } from '../lifecycle/tree-change.ts';
import type { Emit } from '../logs/event.ts';
import type { InputFingerprints } from '../plan/input-fingerprints.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { StagingTrace, StepIndex } from '../plan/staging-trace.ts';
import type { FailedStaging, StagedDroplet, StoredCache } from './stager.ts';
import type { StagingInputs } from './staging-trees.ts';

/** Inputs with what tells their versions apart, so that only what changed is sent. */
export interface VersionedInputs extends StagingInputs {
  readonly fingerprints: InputFingerprints;
}

/** A member of a droplet. Equal tokens of two droplets of one RewindableStaging: equal content and metadata. */
export interface DropletEntry extends TreeNode {
  readonly token: string;
}

/** A droplet in a staging container that stays. */
export interface WatchedDroplet extends StagedDroplet {
  /** Of all phases that the droplet comes from, those that were not redone included. */
  readonly records: readonly PhaseRecord[];
  /** Path without `./` → member, `staging_info.yml` included. Other names of one file share a token, and are to be sent together. */
  readonly entries: ReadonlyMap<string, DropletEntry>;
  /** A plain tar of these members alone (`./app/…`), directories without what they hold. */
  openPart(paths: Iterable<string>, signal: AbortSignal): Promise<Readable>;
}

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
  /** Undefined before the first staging and when there is nothing to go back to. */
  readonly last: StagingTrace | undefined;

  /** The staging container; undefined before the first staging. */
  readonly container: Container | undefined;

  /**
   * Stages. `from` other than 'nothing' needs a `last`, and a plan with its build guid and contents directory. When it
   * throws, an interruption included, the next staging may still begin at any step up to the one that was at work.
   */
  readonly stage: (
    plan: StagingPlan,
    inputs: VersionedInputs,
    cache: StoredCache | undefined,
    from: StepIndex | 'nothing',
    signal: AbortSignal,
  ) => Promise<WatchedDroplet | WatchedFailure>;

  constructor(cell: Cell, emit: Emit) {
    this.stage = () =>
      Promise.reject(new CfstageError('INTERNAL', `Not there yet on ${cell.id} for ${typeof emit}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
  }
}
