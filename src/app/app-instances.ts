import type { Emit } from '../logs/event.ts';
import type { InstanceRecord } from '../lifecycle/instance-state.ts';
import { startVerdict } from '../lifecycle/start-verdict.ts';
import { CfstageError, interruption } from '../errors.ts';
import type { Downfall } from '../launcher/instance-end.ts';
import {
  SupervisedInstance,
  type ReportedCrash,
  type SlotEnd,
  type StartInstance,
} from '../launcher/supervised-instance.ts';
import type { PlannedSlot } from './app-settings.ts';

/** How crashes are answered and told. */
export interface CrashPolicy {
  /** Without it the first crash is the end of the app. */
  readonly restart: boolean;
  readonly onCrash: (crash: ReportedCrash, record: InstanceRecord, member: SupervisedInstance) => void;
}

/** All instances of all processes of one app. Disposing stops them. */
export class AppInstances implements AsyncDisposable {
  /** How the app ended, once nothing of it runs. Rejects when the engine cannot go on. */
  readonly ended: Promise<SlotEnd>;
  readonly #app: string;
  readonly #policy: CrashPolicy;
  readonly #emit: Emit;
  readonly #listeners = new Set<() => void>();
  readonly #ends = new Map<SupervisedInstance, SlotEnd>();
  /** Those that scaling down has given up, until nothing of them is left. */
  readonly #leaving = new Set<Promise<unknown>>();
  #members: readonly SupervisedInstance[] = [];
  #restarts: boolean;
  #isAskedToStop = false;
  #settle: (end: SlotEnd | Promise<SlotEnd>) => void = () => undefined;

  constructor(
    app: string,
    slots: readonly PlannedSlot[],
    sourceOf: (slot: PlannedSlot) => StartInstance,
    policy: CrashPolicy,
    emit: Emit,
  ) {
    this.#app = app;
    this.#policy = policy;
    this.#restarts = policy.restart;
    this.#emit = emit;
    this.ended = new Promise<SlotEnd>((resolve) => (this.#settle = resolve));
    this.ended.catch(() => undefined);
    this.#members = slots.map((slot) => this.#add(slot, sourceOf(slot)));
  }

  get members(): readonly SupervisedInstance[] {
    return this.#members;
  }

  /** From now on crashed instances are followed by new ones, or the first crash is the end of the app. */
  setRestart(restart: boolean): void {
    this.#restarts = restart;
    for (const member of this.#members) member.setRestart(restart);
  }

  /**
   * Takes up the places that are new and gives up those that are not among `slots`; the others go on. Resolves once
   * `beforeStop` has, which is called when the members are what they will be and before any instance ends.
   */
  async scale(
    slots: readonly PlannedSlot[],
    sourceOf: (slot: PlannedSlot) => StartInstance,
    beforeStop: () => Promise<void>,
  ): Promise<void> {
    const stay = slots.map((slot) => this.#members.find((member) => isAt(member, slot)));
    const leaving = this.#members.filter((member) => !stay.includes(member));
    this.#members = slots.map((slot, i) => stay[i] ?? this.#add(slot, sourceOf(slot)));
    this.#changed();
    try {
      await beforeStop();
    } finally {
      for (const member of leaving) {
        const left = member.stop().catch(() => undefined);
        this.#leaving.add(left);
        void left.then(() => this.#leaving.delete(left));
      }
    }
    this.#settleIfAllEnded();
  }

  /** Calls back at every change of any instance. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves once every process has an instance that runs. Raises APP_CRASHED and START_TIMEOUT in cf's words. */
  async started(signal: AbortSignal): Promise<void> {
    await this.until(() => {
      const verdict = startVerdict(this.#records());
      return verdict === 'failed' ? this.#unsuccessful() : verdict === 'started';
    }, signal);
  }

  /** Resolves once `holds`, which is asked at every change; rejects with an error that it answers, and when the app ends before. */
  async until(holds: () => boolean | CfstageError, signal: AbortSignal): Promise<void> {
    let settle: () => void = () => undefined;
    const decided = new Promise<void>((resolve, reject) => {
      settle = () => {
        if (signal.aborted) reject(interruption(signal));
        const verdict = holds();
        if (verdict === true) resolve();
        if (verdict instanceof CfstageError) reject(verdict);
      };
    });
    decided.catch(() => undefined);
    signal.addEventListener('abort', settle, { once: true });
    this.#listeners.add(settle);
    settle();
    try {
      await Promise.race([decided, this.ended.then((end) => this.#tooEarly(end))]);
    } finally {
      this.#listeners.delete(settle);
      signal.removeEventListener('abort', settle);
    }
  }

  /** Replaces every instance; resolves when the app runs again. */
  async restart(signal: AbortSignal): Promise<void> {
    for (const member of this.members) member.restart();
    await this.started(signal);
  }

  async stop(): Promise<void> {
    this.#isAskedToStop = true;
    await this.#stopMembers();
    this.#settleIfAllEnded();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
  }

  #add(slot: PlannedSlot, start: StartInstance): SupervisedInstance {
    const place = { app: this.#app, processType: slot.process.type, index: slot.index };
    let shown: string | undefined;
    const member: SupervisedInstance = new SupervisedInstance(place, start, {
      restart: this.#restarts,
      onCrash: (crash, record) => this.#policy.onCrash(crash, record, member),
      onState: ({ state }, instanceGuid) => {
        if (state !== shown) void this.#emit({ type: 'instance-state', ...place, state, instanceGuid });
        shown = state;
        this.#changed();
      },
    });
    member.ended.then(
      (end) => this.#over(member, end),
      () => {
        if (this.#members.includes(member)) this.#settle(this.#stopMembers().then(() => member.ended));
      },
    );
    return member;
  }

  #over(member: SupervisedInstance, end: SlotEnd): void {
    this.#ends.set(member, end);
    if (!this.#members.includes(member)) return;
    if (end.kind === 'crashed' && !this.#restarts) this.#settle(this.#stopMembers().then(() => end));
    else this.#settleIfAllEnded();
  }

  /** An app without instances goes on until it is asked to stop. */
  #settleIfAllEnded(): void {
    const ends = this.#members.map((member) => this.#ends.get(member));
    if (ends.includes(undefined) || (ends.length === 0 && !this.#isAskedToStop)) return;
    this.#settle(ends.find((end) => end?.kind === 'crashed') ?? { kind: 'stopped' });
  }

  async #stopMembers(): Promise<void> {
    const stopped = this.#members.map((member) => member.stop().catch(() => undefined));
    await Promise.all([...stopped, ...this.#leaving]);
  }

  #tooEarly(end: SlotEnd): never {
    if (end.kind === 'crashed') throw unsuccessful(this.#app, end);
    throw new CfstageError('INTERRUPTED', `App ${this.#app} was stopped while it was starting`);
  }

  #unsuccessful(): CfstageError {
    const down = this.members.find(({ record, lastCrash }) => record.state === 'crashed' && lastCrash);
    return unsuccessful(this.#app, down?.lastCrash);
  }

  #records(): readonly (readonly InstanceRecord[])[] {
    const types = new Set(this.members.map(({ slot }) => slot.processType));
    return [...types].map((type) =>
      this.members.filter(({ slot }) => slot.processType === type).map(({ record }) => record),
    );
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function isAt({ slot }: SupervisedInstance, { process, index }: PlannedSlot): boolean {
  return slot.processType === process.type && slot.index === index;
}

/** Source: cli command/translatableerror/application_unable_to_start_error.go. */
function unsuccessful(app: string, crash: Downfall | undefined): CfstageError {
  const reason = crash?.reason ?? 'unknown';
  return new CfstageError(
    crash?.code ?? 'APP_CRASHED',
    `Start unsuccessful\nApp ${app} crashed while it was starting: ${reason}`,
    { hint: crash?.hint ?? `TIP: use 'cfstage logs ${app} --recent' for more information` },
  );
}
