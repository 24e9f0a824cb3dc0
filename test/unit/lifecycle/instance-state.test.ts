import { assert, constantFrom, property, array, tuple, integer } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  newInstance,
  TRANSITIONS,
  type InstanceEvent,
  type InstanceRecord,
} from '../../../src/lifecycle/instance-state.ts';
import { startVerdict } from '../../../src/lifecycle/start-verdict.ts';

/** A clock that only moves when told to. */
class FakeClock {
  now = 1_000_000;
  wait(seconds: number): void {
    this.now += seconds * 1000;
  }
}

function walk(...events: InstanceEvent[]): InstanceRecord {
  return events.reduce((record, event) => advance(record, event, 0), newInstance(0));
}

describe('states of an instance', () => {
  it.each([
    [[], 'claimed'],
    [['container-created'], 'starting'],
    [['container-created', 'healthy'], 'running'],
    [['container-created', 'failed'], 'crashed'],
    [['failed', 'restarted', 'container-created', 'healthy'], 'running'],
    [['container-created', 'healthy', 'stop-requested', 'failed'], 'stopped'],
    [['healthy'], 'claimed'],
    [['container-created', 'healthy', 'failed', 'failed'], 'crashed'],
  ] as const)('after %j it is %s', (events, state) => {
    expect(walk(...events).state).toBe(state);
  });

  it('never leaves stopped, and can be stopped from everywhere else', () => {
    expect(TRANSITIONS.stopped).toEqual({});
    for (const state of ['claimed', 'starting', 'running', 'crashed'] as const) {
      expect(advance({ state, since: 0, crashes: 0 }, 'stop-requested', 1).state).toBe('stopped');
    }
  });

  it('does not count an event that comes too late', () => {
    const crashed = walk('container-created', 'failed');
    expect(advance(crashed, 'failed', 99)).toBe(crashed);
  });

  it('restarts at once twice, then after 30 s, doubling to 16 min', () => {
    const clock = new FakeClock();
    let record = newInstance(clock.now);
    const waits: (number | undefined)[] = [];
    for (let crash = 0; crash < 10; crash += 1) {
      record = advance(record, 'container-created', clock.now);
      clock.wait(1);
      record = advance(record, 'failed', clock.now);
      waits.push(record.restartAt === undefined ? undefined : (record.restartAt - clock.now) / 1000);
      clock.wait(waits.at(-1) ?? 0);
      record = advance(record, 'restarted', clock.now);
    }
    expect(waits).toEqual([0, 0, 30, 60, 120, 240, 480, 960, 960, 960]);
  });

  it('counts anew after five minutes of running, not of starting', () => {
    const clock = new FakeClock();
    const before: InstanceRecord = { state: 'starting', since: clock.now, crashes: 7 };
    clock.wait(1000);
    expect(advance(before, 'failed', clock.now).crashes).toBe(8);
    const running = advance(before, 'healthy', clock.now);
    clock.wait(300);
    expect(advance(running, 'failed', clock.now).crashes).toBe(8);
    clock.wait(1);
    expect(advance(running, 'failed', clock.now)).toMatchObject({ crashes: 1, restartAt: clock.now });
  });

  it('gives up after 200 crashes', () => {
    expect(advance({ state: 'starting', since: 0, crashes: 199 }, 'failed', 5)).toEqual({
      state: 'crashed',
      since: 5,
      crashes: 200,
    });
  });

  it('only ever takes steps of the table, and time only with a step', () => {
    const events = constantFrom<InstanceEvent>(
      'container-created',
      'healthy',
      'failed',
      'restarted',
      'stop-requested',
    );
    assert(
      property(array(tuple(events, integer({ min: 0, max: 10_000_000 }))), (steps) => {
        let now = 0;
        let record = newInstance(now);
        for (const [event, wait] of steps) {
          now += wait;
          const next = advance(record, event, now);
          const to = TRANSITIONS[record.state][event];
          if (to === undefined) expect(next).toBe(record);
          else expect(next).toMatchObject({ state: to, since: now });
          expect(next.restartAt === undefined || next.restartAt >= now || next === record).toBe(true);
          record = next;
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('whether an app has started', () => {
  const starting: InstanceRecord = { state: 'starting', since: 0, crashes: 0 };
  const running: InstanceRecord = { state: 'running', since: 0, crashes: 0 };
  const atOnce: InstanceRecord = { state: 'crashed', since: 5, crashes: 2, restartAt: 5 };
  const later: InstanceRecord = { state: 'crashed', since: 5, crashes: 3, restartAt: 30_005 };
  const never: InstanceRecord = { state: 'crashed', since: 5, crashes: 200 };

  it.each([
    ['nothing is wanted', [], 'started'],
    ['a process has no instances', [[], [running]], 'started'],
    ['one instance of each runs', [[starting, running], [running]], 'started'],
    ['one process has none that runs', [[running], [starting]], 'pending'],
    ['a crashed one is restarted at once', [[atOnce]], 'pending'],
    ['one of two waits for its restart', [[later, starting]], 'pending'],
    ['all of one process wait for their restart', [[running], [later, later]], 'failed'],
    ['none comes back', [[never]], 'failed'],
  ] as const)('%s', (_, processes, verdict) => {
    expect(startVerdict(processes)).toBe(verdict);
  });
});
