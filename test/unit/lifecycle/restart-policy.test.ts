import { describe, expect, it } from 'vitest';
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
