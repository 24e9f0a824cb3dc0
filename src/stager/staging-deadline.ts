import { DiskWatch } from '../engine/disk-watch.ts';
import type { Container } from '../engine/engine.ts';
import { CfstageError } from '../errors.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';

/** What ends a staging from outside its scripts: the caller, the clock, a disk that runs over. */
export class StagingDeadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #plan: StagingPlan;
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #keptBytes: () => number;
  #disk: DiskWatch | undefined;

  /** @param keptBytes what of the container's disk is not the staging's. */
  constructor(plan: StagingPlan, caller: AbortSignal, keptBytes: () => number = () => 0) {
    this.#plan = plan;
    this.#keptBytes = keptBytes;
    this.signal = AbortSignal.any([caller, this.#over.signal]);
    this.#timer = setTimeout(() => this.#over.abort(timedOut(plan)), plan.timeoutSeconds * 1000);
  }

  /** Watches the disk of the container, where the engine does not limit it. */
  watch(container: Container): void {
    const { diskMb } = this.#plan.container;
    this.#disk?.[Symbol.dispose]();
    const exceeded = () => this.#over.abort(diskExceeded(diskMb));
    this.#disk = new DiskWatch(container, diskMb, exceeded, this.#keptBytes);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#disk?.[Symbol.dispose]();
  }
}

/** Source: cli command/translatableerror/staging_timeout_error.go. */
function timedOut({ app, timeoutSeconds }: StagingPlan): CfstageError {
  const minutes = Number((timeoutSeconds / 60).toFixed(2));
  return new CfstageError(
    'STAGING_TIMEOUT',
    `Error staging application ${app}: timed out after ${minutes} minute(s)`,
    {
      hint: 'Make the buildpacks faster, or allow more time with --staging-timeout.',
    },
  );
}

function diskExceeded(diskMb: number): CfstageError {
  return new CfstageError(
    'STAGING_FAILED',
    `Error staging application: StagingError - Staging error: staging failed (more than ${diskMb}M written)`,
    {
      hint: 'On a cell writing fails here with "Disk quota exceeded". Download and unpack less while staging.',
    },
  );
}
