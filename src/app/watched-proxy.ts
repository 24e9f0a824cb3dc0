import type { Cell } from '../engine/cell.ts';
import type { EventBody } from '../logs/event.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import type { StageRequest } from './request.ts';
import { openStagingProxy, planProxy, type PlannedProxy, type StagingProxy } from './staging-proxy.ts';
import { disposeAll } from './together.ts';
import type { TrafficLedger } from './traffic-ledger.ts';

/**
 * The recording proxy of a watch: one name and one certificate for all of its stagings, so that no redo finds another
 * environment than the phases before it did. Disposing ends it; the next staging opens it again.
 */
export class WatchedProxy implements AsyncDisposable {
  readonly #request: Pick<StageRequest, 'proxy'>;
  readonly #ledger: TrafficLedger;
  #planned: Promise<PlannedProxy | undefined> | undefined;
  #open: StagingProxy | undefined;

  constructor(request: Pick<StageRequest, 'proxy'>, ledger: TrafficLedger) {
    this.#request = request;
    this.#ledger = ledger;
  }

  /** As the first build guid has it. */
  readonly plan: typeof planProxy = (_request, buildGuid) =>
    (this.#planned ??= planProxy(this.#request, buildGuid));

  /** Resolves once the scripts of a staging can go through it. */
  async require(plan: StagingPlan, cell: Cell, signal: AbortSignal): Promise<void> {
    const planned = await this.#planned;
    if (planned === undefined || this.#open !== undefined) return;
    this.#open = await openStagingProxy(planned, plan, this.#ledger, cell, signal);
  }

  /** Learns which phase it is that asks from now on. */
  hear(event: EventBody): void {
    this.#open?.hear(event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) await disposeAll(open);
  }
}
