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
  readonly members: readonly SupervisedInstance[];
  /** How the app ended, once nothing of it runs. Rejects when the engine cannot go on. */
  readonly ended: Promise<SlotEnd>;
  readonly #listeners = new Set<() => void>();
  readonly #restarts: boolean;
  #askedToStop: () => void = () => undefined;

  constructor(
    app: string,
    slots: readonly PlannedSlot[],
    sourceOf: (slot: PlannedSlot) => StartInstance,
    policy: CrashPolicy,
    emit: Emit,
  ) {
    this.#restarts = policy.restart;
    this.members = slots.map((slot) => {
      const place = { app, processType: slot.process.type, index: slot.index };
      let shown: string | undefined;
      const member: SupervisedInstance = new SupervisedInstance(place, sourceOf(slot), {
        restart: policy.restart,
        onCrash: (crash, record) => policy.onCrash(crash, record, member),
        onState: ({ state }, instanceGuid) => {
          if (state !== shown) void emit({ type: 'instance-state', ...place, state, instanceGuid });
          shown = state;
          this.#changed();
        },
      });
      return member;
    });
    const asked = new Promise<void>((resolve) => (this.#askedToStop = resolve));
    this.ended = this.#watch(asked);
    this.ended.catch(() => undefined);
  }

  /** Calls back at every change of any instance. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves once every process has an instance that runs. Raises APP_CRASHED and START_TIMEOUT in cf's words. */
  async started(signal: AbortSignal): Promise<void> {
    let settle: () => void = () => undefined;
    const decided = new Promise<void>((resolve, reject) => {
      settle = () => {
        if (signal.aborted) reject(interruption(signal));
        const verdict = startVerdict(this.#records());
        if (verdict === 'started') resolve();
        if (verdict === 'failed') reject(this.#unsuccessful());
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
    this.#askedToStop();
    await this.#stopMembers();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
  }

  async #watch(asked: Promise<void>): Promise<SlotEnd> {
    if (this.members.length === 0) {
      await asked;
      return { kind: 'stopped' };
    }
    const ends = this.members.map(({ ended }) => ended);
    try {
      const first = this.#restarts ? undefined : await Promise.race(ends);
      if (first?.kind === 'crashed') {
        await this.#stopMembers();
        return first;
      }
      const all = await Promise.all(ends);
      return all.find(({ kind }) => kind === 'crashed') ?? { kind: 'stopped' };
    } catch (error) {
      await this.#stopMembers();
      throw error;
    }
  }

  async #stopMembers(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop().catch(() => undefined)));
  }

  #tooEarly(end: SlotEnd): never {
    if (end.kind === 'crashed') throw unsuccessful(this.#name, end);
    throw new CfstageError('INTERRUPTED', `App ${this.#name} was stopped while it was starting`);
  }

  #unsuccessful(): CfstageError {
    const down = this.members.find(({ record, lastCrash }) => record.state === 'crashed' && lastCrash);
    return unsuccessful(this.#name, down?.lastCrash);
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

  get #name(): string {
    return this.members[0]?.slot.app ?? '';
  }
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
