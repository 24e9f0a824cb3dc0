import { describe, expect, it } from 'vitest';
import {
  nextState,
  TRANSITIONS,
  type InstanceEvent,
  type InstanceState,
} from '../../../src/lifecycle/instance-state.ts';
import { countCrash, restartDelaySeconds } from '../../../src/lifecycle/restart-policy.ts';

describe('restart policy', () => {
  it.each([
    [1, 0],
    [2, 0],
    [3, 30],
    [4, 60],
    [5, 120],
    [6, 240],
    [7, 480],
    [8, 960],
    [9, 960],
    [199, 960],
    [200, undefined],
  ])('waits after crash %i for %s seconds', (crashes, seconds) => {
    expect(restartDelaySeconds(crashes)).toBe(seconds);
  });

  it.each([
    [0, 0, 1],
    [2, 300, 3],
    [7, 301, 1],
  ])('counts from %i, after %i s of running, to %i', (before, running, after) => {
    expect(countCrash(before, running)).toBe(after);
  });
});

describe('states of an instance', () => {
  const walk = (...events: InstanceEvent[]) => events.reduce<InstanceState>(nextState, 'claimed');

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
    expect(walk(...events)).toBe(state);
  });

  it('never leaves stopped, and can be stopped from everywhere else', () => {
    expect(TRANSITIONS.stopped).toEqual({});
    for (const state of ['claimed', 'starting', 'running', 'crashed'] as const) {
      expect(nextState(state, 'stop-requested')).toBe('stopped');
    }
  });
});
