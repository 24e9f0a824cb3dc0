import { describe, expect, test } from 'vitest';
import { CfstageError } from '../../../src/errors.ts';
import type { Instance } from '../../../src/launcher/instance.ts';
import type { InstanceEnd } from '../../../src/launcher/instance-end.ts';
import type { LaunchOutcome } from '../../../src/launcher/launcher.ts';
import { SupervisedInstance, type ReportedCrash } from '../../../src/launcher/supervised-instance.ts';
import type { InstanceRecord } from '../../../src/lifecycle/instance-state.ts';

const SLOT = { app: 'app', processType: 'web', index: 2 };
const EXIT = {
  kind: 'crashed',
  reason: 'APP/PROC/WEB: Exited with status 7',
  source: 'APP/PROC/WEB/2',
  exitCode: 7,
} as const;

/** One start that the supervised instance has asked for, under the test's control. */
class FakeStart {
  readonly outcome: Promise<LaunchOutcome>;
  readonly guid: string;
  stops = 0;
  settle: (outcome: LaunchOutcome) => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;
  end: (end: InstanceEnd) => void = () => undefined;
  /** What a stop of the running instance leads to. */
  endOnStop: InstanceEnd | undefined = { kind: 'stopped' };
  readonly signal: AbortSignal;
  readonly #onContainer: (guid: string) => void;

  constructor(guid: string, onContainer: (guid: string) => void, signal: AbortSignal) {
    this.guid = guid;
    this.signal = signal;
    this.#onContainer = onContainer;
    this.outcome = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    // A start is interrupted by its signal, as the real one is.
    signal.addEventListener('abort', () => this.fail(new CfstageError('INTERRUPTED', 'Interrupted')));
  }

  makeContainer(): void {
    this.#onContainer(this.guid);
  }

  becomeHealthy(): void {
    const ended = new Promise<InstanceEnd>((resolve) => (this.end = resolve));
    const instance = {
      ended,
      ready: true,
      onReadiness: (listener: (ready: boolean) => void) => listener(true),
      stop: async () => {
        this.stops += 1;
        if (this.endOnStop !== undefined) this.end(this.endOnStop);
        await ended;
      },
    };
    this.settle({ kind: 'started', instance: instance as unknown as Instance, hostPort: 40_000, startMs: 1 });
  }

  run(): void {
    this.makeContainer();
    this.becomeHealthy();
  }
}

/** A supervised instance whose starts, clock and sleep are the test's. */
class Stage {
  readonly starts: FakeStart[] = [];
  readonly crashes: { readonly crash: ReportedCrash; readonly record: InstanceRecord }[] = [];
  readonly states: string[] = [];
  readonly sleeps: number[] = [];
  now = 1_000_000;
  wake: () => void = () => undefined;
  readonly member: SupervisedInstance;

  constructor(restart = true) {
    this.member = new SupervisedInstance(
      SLOT,
      (onContainer, signal) => {
        const start = new FakeStart(`guid-${this.starts.length + 1}`, onContainer, signal);
        this.starts.push(start);
        return start.outcome;
      },
      {
        restart,
        now: () => this.now,
        sleep: async (ms, signal) => {
          this.sleeps.push(ms);
          if (ms === 0) return;
          await new Promise<void>((resolve, reject) => {
            this.wake = resolve;
            const abort = () => reject(new CfstageError('INTERRUPTED', 'Interrupted'));
            if (signal.aborted) abort();
            signal.addEventListener('abort', abort);
          });
        },
        onCrash: (crash, record) => void this.crashes.push({ crash, record }),
        onState: ({ state }) => {
          if (this.states.at(-1) !== state) this.states.push(state);
        },
      },
    );
  }

  /** Lets everything happen that can. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  get last(): FakeStart {
    const last = this.starts.at(-1);
    if (last === undefined) throw new Error('Nothing was started');
    return last;
  }

  async run(): Promise<void> {
    this.last.run();
    await this.settle();
  }

  async crash(): Promise<void> {
    this.last.end(EXIT);
    await this.settle();
  }

  async crashIntoBackOff(): Promise<void> {
    for (let crash = 0; crash < 3; crash += 1) {
      await this.run();
      await this.crash();
    }
    expect(this.sleeps).toEqual([0, 0, 30_000]);
    expect(this.member.record).toMatchObject({ state: 'crashed', crashes: 3 });
  }
}

/** Brings a new supervised instance into each state that it can be in. */
const STATES: Readonly<Record<string, (stage: Stage) => Promise<void> | void>> = {
  'claimed, its container in the making': () => undefined,
  starting: async (stage) => {
    stage.last.makeContainer();
    await stage.settle();
  },
  running: (stage) => stage.run(),
  'waiting for its restart': (stage) => stage.crashIntoBackOff(),
};

describe('in every state', () => {
  test.for(Object.entries(STATES))('stop ends it: %s', async ([, bring]) => {
    const stage = new Stage();
    await bring(stage);
    const crashes = stage.crashes.length;
    await stage.member.stop();
    expect(await stage.member.ended).toEqual({ kind: 'stopped' });
    expect(stage.member.record.state).toBe('stopped');
    expect(stage.member.current).toBeUndefined();
    expect(stage.crashes).toHaveLength(crashes);
    const { length } = stage.starts;
    stage.member.restart();
    await stage.member.stop();
    await stage.settle();
    expect(stage.member.record.state, 'whatever is asked for afterwards').toBe('stopped');
    expect(stage.starts).toHaveLength(length);
  });

  test.for(Object.entries(STATES))('restart replaces it, crashes counted anew: %s', async ([, bring]) => {
    const stage = new Stage();
    await bring(stage);
    const [before, crashes] = [stage.starts.length, stage.crashes.length];
    stage.member.restart();
    await stage.settle();
    expect(stage.starts).toHaveLength(before + 1);
    expect(stage.member.record).toMatchObject({ state: 'claimed', crashes: 0 });
    expect(stage.starts.at(-2)?.signal.aborted).toBe(true);
    await stage.run();
    expect(stage.member.record).toMatchObject({ state: 'running', crashes: 0 });
    expect(stage.member.instanceGuid).toBe(stage.last.guid);
    expect(stage.crashes).toHaveLength(crashes);
    await stage.member.stop();
  });

  test.for(Object.entries(STATES))('two restarts at once and a stop end it: %s', async ([, bring]) => {
    const stage = new Stage();
    await bring(stage);
    stage.member.restart();
    stage.member.restart();
    await stage.member.stop();
    expect(stage.member.record.state).toBe('stopped');
    await stage.settle();
    expect(stage.last.signal.aborted).toBe(true);
  });
});

describe('crashes', () => {
  test('are told once each, with the guid of the instance, and answered by the policy', async () => {
    const stage = new Stage();
    await stage.crashIntoBackOff();
    expect(stage.crashes.map(({ crash, record }) => [crash.instanceGuid, record.crashes])).toEqual([
      ['guid-1', 1],
      ['guid-2', 2],
      ['guid-3', 3],
    ]);
    const { reason, source, exitCode } = EXIT;
    expect(stage.crashes[0]?.crash).toMatchObject({ reason, source, exitCode, code: 'APP_CRASHED' });
    stage.now += 30_000;
    stage.wake();
    await stage.settle();
    expect(stage.starts).toHaveLength(4);
    await stage.run();
    stage.now += 5 * 60_000 + 1;
    await stage.crash();
    expect(stage.member.record, 'after five minutes').toMatchObject({ crashes: 1 });
    expect(stage.starts).toHaveLength(5);
    await stage.member.stop();
    const round = ['starting', 'running', 'crashed', 'claimed'];
    expect(stage.states).toEqual([...Array.from({ length: 4 }, () => round).flat(), 'stopped']);
  });

  test('are the end when nothing is restarted', async () => {
    const stage = new Stage(false);
    await stage.run();
    await stage.crash();
    expect(await stage.member.ended).toMatchObject({ ...EXIT, code: 'APP_CRASHED' });
    expect(stage.member.record.state).toBe('crashed');
    stage.member.restart();
    await stage.settle();
    expect(stage.member.record.state, 'for good').toBe('crashed');
    expect(stage.starts).toHaveLength(1);
    await stage.member.stop();
  });

  test('while it is being stopped are no crashes', async () => {
    const stage = new Stage();
    await stage.run();
    stage.last.endOnStop = EXIT;
    await stage.member.stop();
    expect(stage.crashes).toEqual([]);
    expect(await stage.member.ended).toEqual({ kind: 'stopped' });
    expect(stage.member.record.state).toBe('stopped');
  });

  test('while it is being replaced are no crashes, and do not spoil the next instance', async () => {
    const stage = new Stage();
    await stage.run();
    stage.last.endOnStop = EXIT;
    stage.member.restart();
    await stage.settle();
    expect(stage.crashes).toEqual([]);
    await stage.run();
    expect(stage.member.record).toMatchObject({ state: 'running', crashes: 0 });
    await stage.member.stop();
  });

  test('of a start are told as such', async () => {
    const stage = new Stage();
    stage.last.makeContainer();
    stage.last.settle({ ...EXIT, reason: 'never healthy', code: 'START_TIMEOUT', hint: 'listen' });
    await stage.settle();
    expect(stage.crashes.map(({ crash }) => crash)).toMatchObject([
      { code: 'START_TIMEOUT', reason: 'never healthy', instanceGuid: 'guid-1' },
    ]);
    expect(stage.starts).toHaveLength(2);
    await stage.member.stop();
  });
});

describe('a start that throws', () => {
  test('CONTAINER_GONE is a crash', async () => {
    const stage = new Stage();
    stage.last.makeContainer();
    stage.last.fail(new CfstageError('CONTAINER_GONE', 'The container is gone', { hint: 'again' }));
    await stage.settle();
    expect(stage.crashes.map(({ crash }) => crash)).toMatchObject([
      { code: 'APP_CRASHED', reason: 'The container is gone', source: 'CELL/2' },
    ]);
    expect(stage.starts).toHaveLength(2);
    await stage.run();
    expect(stage.member.record).toMatchObject({ state: 'running', crashes: 1 });
    await stage.member.stop();
  });

  test('ENGINE_LOST is the end', async () => {
    const stage = new Stage();
    stage.last.makeContainer();
    stage.last.fail(new CfstageError('ENGINE_LOST', 'The engine went away'));
    await expect(stage.member.ended).rejects.toMatchObject({ code: 'ENGINE_LOST' });
    expect(stage.crashes).toEqual([]);
    stage.member.restart();
    await stage.settle();
    expect(stage.starts).toHaveLength(1);
    await expect(stage.member.stop()).rejects.toMatchObject({ code: 'ENGINE_LOST' });
  });

  test('anything while it is being stopped has been stopped', async () => {
    const stage = new Stage();
    const [start] = stage.starts;
    const stopped = stage.member.stop();
    start?.fail(new CfstageError('ENGINE_FAILED', 'late'));
    await stopped;
    expect(await stage.member.ended).toEqual({ kind: 'stopped' });
  });
});

test('one that becomes healthy after it was asked to stop is stopped', async () => {
  const stage = new Stage();
  const [start] = stage.starts;
  start?.makeContainer();
  start?.becomeHealthy();
  await stage.member.stop();
  expect(start?.stops).toBe(1);
  expect(stage.states).not.toContain('running');
});
