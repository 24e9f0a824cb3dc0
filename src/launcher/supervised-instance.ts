import { setTimeout as delay } from 'node:timers/promises';
import { CfstageError } from '../errors.ts';
import {
  advance,
  newInstance,
  type InstanceEvent,
  type InstanceRecord,
} from '../lifecycle/instance-state.ts';
import { cellSource } from '../lifecycle/log-sources.ts';
import type { Downfall } from './instance-end.ts';
import { crashDownfall, type LaunchOutcome, type StartedInstance } from './launcher.ts';

/** Makes a new instance: container, droplet, processes. `onContainer` is called once the container is there. */
export type StartInstance = (
  onContainer: (instanceGuid: string) => void,
  signal: AbortSignal,
) => Promise<LaunchOutcome>;

/** Which place of an app an instance takes. */
export interface InstanceSlot {
  readonly app: string;
  readonly processType: string;
  readonly index: number;
}

/** One crash, with the guid of the instance that it ended. */
export type ReportedCrash = Downfall & { readonly instanceGuid: string };

export interface Supervision {
  readonly restart: boolean;
  /** Called at every change of the record or of the instance's readiness. */
  readonly onState: (record: InstanceRecord, instanceGuid: string) => void;
  /** Called at each crash, with the record after it. */
  readonly onCrash: (crash: ReportedCrash, record: InstanceRecord) => void;
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How it went with one place of an app in the end. */
export type SlotEnd = { readonly kind: 'stopped' } | ({ readonly kind: 'crashed' } & Downfall);

/**
 * Keeps one instance of a process alive: a crashed one is followed by a new one, in a new container, when the policy
 * says so. Source: bbs models/restart_calculator.go.
 */
export class SupervisedInstance {
  readonly slot: InstanceSlot;
  /** Rejects when the engine cannot go on. */
  readonly ended: Promise<SlotEnd>;
  readonly #start: StartInstance;
  readonly #supervision: Required<Supervision>;
  #record: InstanceRecord;
  #current: StartedInstance | undefined;
  #instanceGuid = '';
  #lastCrash: ReportedCrash | undefined;
  #wanted: 'running' | 'restarted' | 'stopped' = 'running';
  #restarts: boolean;
  #interruption = new AbortController();
  #isOver = false;

  constructor(slot: InstanceSlot, start: StartInstance, supervision: Supervision) {
    this.slot = slot;
    this.#start = start;
    this.#restarts = supervision.restart;
    this.#supervision = { now: Date.now, sleep: pause, ...supervision };
    this.#record = newInstance(this.#supervision.now());
    this.ended = this.#run().finally(() => (this.#isOver = true));
    this.ended.catch(() => undefined);
  }

  get record(): InstanceRecord {
    return this.#record;
  }

  /** The instance, while it runs. */
  get current(): StartedInstance | undefined {
    return this.#current;
  }

  /** Guid of the instance that runs or starts, or ran last; empty before the first. */
  get instanceGuid(): string {
    return this.#instanceGuid;
  }

  get lastCrash(): ReportedCrash | undefined {
    return this.#lastCrash;
  }

  /** Ends it for good; settles when nothing of it is left. */
  async stop(): Promise<void> {
    this.#want('stopped');
    await this.ended;
  }

  /** From now on a crashed instance is followed by a new one, or not. */
  setRestart(restart: boolean): void {
    this.#restarts = restart;
  }

  /** Replaces the instance by a new one, whatever it is doing; crashes are counted anew. Nothing once it has ended. */
  restart(): void {
    if (this.#wanted !== 'stopped' && !this.#isOver) this.#want('restarted');
  }

  #want(wanted: 'restarted' | 'stopped'): void {
    this.#wanted = wanted;
    if (wanted === 'restarted') this.#set(newInstance(this.#supervision.now()));
    this.#interruption.abort(new CfstageError('INTERRUPTED', `The instance was ${wanted}`));
    this.#current?.instance.stop().catch(() => undefined);
  }

  async #run(): Promise<SlotEnd> {
    while (!this.#isStopped) {
      this.#wanted = 'running';
      const { signal } = (this.#interruption = new AbortController());
      const crash = await this.#live(signal);
      if (crash === undefined) continue;
      this.#report(crash);
      const { restartAt } = this.#record;
      if (!this.#restarts || restartAt === undefined) return { kind: 'crashed', ...crash };
      await this.#supervision.sleep(restartAt - this.#supervision.now(), signal).catch(() => undefined);
      if (!signal.aborted) this.#advance('restarted');
    }
    this.#advance('stop-requested');
    return { kind: 'stopped' };
  }

  /** One instance from its start to its end: how it crashed, or undefined when it was asked to end. */
  async #live(signal: AbortSignal): Promise<Downfall | undefined> {
    const outcome = await this.#launch(signal);
    if (outcome === undefined || outcome.kind === 'crashed') return signal.aborted ? undefined : outcome;
    const { instance } = outcome;
    if (signal.aborted) {
      await instance.stop();
      return undefined;
    }
    this.#current = outcome;
    try {
      this.#advance('healthy');
      instance.onReadiness(() => this.#changed());
      const end = await instance.ended;
      // One that was asked to end has not crashed, however it ends.
      if (end.kind === 'stopped' || this.#wanted !== 'running') return undefined;
      return crashDownfall(this.slot.app, end);
    } finally {
      this.#current = undefined;
      this.#changed();
    }
  }

  async #launch(signal: AbortSignal): Promise<LaunchOutcome | undefined> {
    const onContainer = (guid: string) => {
      this.#instanceGuid = guid;
      this.#advance('container-created');
    };
    try {
      return await this.#start(onContainer, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof CfstageError && error.code === 'CONTAINER_GONE')) throw error;
      const { app, index } = this.slot;
      return {
        kind: 'crashed',
        ...crashDownfall(app, { reason: error.message, source: cellSource(index) }),
      };
    }
  }

  #report(crash: Downfall): void {
    this.#lastCrash = { ...crash, instanceGuid: this.#instanceGuid };
    this.#advance('failed');
    this.#supervision.onCrash(this.#lastCrash, this.#record);
  }

  get #isStopped(): boolean {
    return this.#wanted === 'stopped';
  }

  #advance(event: InstanceEvent): void {
    this.#set(advance(this.#record, event, this.#supervision.now()));
  }

  #set(record: InstanceRecord): void {
    this.#record = record;
    this.#changed();
  }

  #changed(): void {
    this.#supervision.onState(this.#record, this.#instanceGuid);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, ms), undefined, { signal });
}
