import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogRateLimiter, type LogVerdict } from '../../../src/lifecycle/log-rate-limiter.ts';

/** `[milliseconds, bytes, verdict]`, one after the other. */
type Step = readonly [number, number, LogVerdict];

describe('LogRateLimiter', () => {
  it.each<{ name: string; limit: number; steps: readonly Step[] }>([
    {
      name: 'takes as many bytes at once as it takes a second',
      limit: 5,
      steps: [
        [0, 5, 'pass'],
        [0, 5, 'exceeded'],
      ],
    },
    {
      name: 'counts what several messages have together',
      limit: 10,
      steps: [
        [0, 4, 'pass'],
        [0, 4, 'pass'],
        [0, 4, 'exceeded'],
      ],
    },
    {
      name: 'drops everything for a second after an excess, told once',
      limit: 100,
      steps: [
        [0, 5, 'pass'],
        [1, 101, 'exceeded'],
        [2, 101, 'drop'],
        [500, 1, 'drop'],
        [1000.9, 1, 'drop'],
        [1001, 101, 'exceeded'],
        [2000, 1, 'drop'],
        [2001, 100, 'pass'],
      ],
    },
    {
      name: 'gets its bytes back as time goes by, up to those of a second',
      limit: 1000,
      steps: [
        [0, 1000, 'pass'],
        [100, 100, 'pass'],
        [300, 200, 'pass'],
        [9000, 1000, 'pass'],
        [9000, 1, 'exceeded'],
      ],
    },
    {
      name: 'does not count what it drops',
      limit: 10,
      steps: [
        [0, 1, 'pass'],
        [0, 1000, 'exceeded'],
        [1000, 10, 'pass'],
      ],
    },
    {
      name: 'never lets a message pass that is longer than the limit',
      limit: 3,
      steps: [[0, 4, 'exceeded']],
    },
    {
      name: 'drops all with a limit of 0, and does not tell',
      limit: 0,
      steps: [
        [0, 1, 'drop'],
        [5000, 1, 'drop'],
      ],
    },
    {
      name: 'lets all pass with a limit of -1',
      limit: -1,
      steps: [
        [0, 1e9, 'pass'],
        [0, 1e9, 'pass'],
      ],
    },
  ])('$name', ({ limit, steps }) => {
    const limiter = new LogRateLimiter(limit);
    expect(steps.map(([now, bytes]) => [now, bytes, limiter.admit(bytes, now)])).toEqual(steps);
  });

  it('names the limit in the words of a cell', () => {
    expect(new LogRateLimiter(1024).excess).toBe('app instance exceeded log rate limit (1024 bytes/sec)');
  });

  const messages = fc.array(
    fc.record({ after: fc.integer({ min: 0, max: 1500 }), bytes: fc.integer({ min: 1, max: 200 }) }),
    { maxLength: 60 },
  );

  it('lets no more than the burst and the rate pass in any stretch of time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), messages, (limit, all) => {
        const passed = run(limit, all).filter(({ verdict }) => verdict === 'pass');
        for (let from = 0; from < passed.length; from += 1) {
          let bytes = 0;
          for (const message of passed.slice(from)) {
            bytes += message.bytes;
            const seconds = (message.now - (passed[from]?.now ?? 0)) / 1000;
            expect(bytes).toBeLessThanOrEqual(limit * (1 + seconds) + 1e-6);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is silent for a second after each excess, and only then', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), messages, (limit, all) => {
        let excess = -Infinity;
        for (const { now, verdict } of run(limit, all)) {
          expect(verdict === 'drop').toBe(now - excess < 1000);
          if (verdict === 'exceeded') excess = now;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('lets all pass that comes no faster than the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (limit, parts) => {
          const paced = parts.map((part) => ({ after: 1000, bytes: part * limit }));
          for (const { verdict } of run(limit, paced)) expect(verdict).toBe('pass');
        },
      ),
    );
  });
});

function run(limit: number, messages: readonly { readonly after: number; readonly bytes: number }[]) {
  const limiter = new LogRateLimiter(limit);
  let now = 0;
  return messages.map(({ after, bytes }) => {
    now += after;
    return { now, bytes, verdict: limiter.admit(bytes, now) };
  });
}
