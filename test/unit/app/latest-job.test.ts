import { expect, test } from 'vitest';
import { LatestJob } from '../../../src/app/latest-job.ts';
import { CfstageError } from '../../../src/errors.ts';

const NEVER = new AbortController().signal;

/** Work that goes on until it is interrupted. */
function until(begun: string[], name: string) {
  return (signal: AbortSignal) =>
    new Promise<string>((_, reject) => {
      begun.push(name);
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
}

test('what comes later ends what is at work, and of those that wait only the last has its turn', async () => {
  const jobs = new LatestJob();
  const begun: string[] = [];
  const first = jobs.run(until(begun, 'first'), NEVER);
  await expect.poll(() => begun).toEqual(['first']);
  const second = jobs.run(until(begun, 'second'), NEVER);
  const third = jobs.run(() => Promise.resolve('third'), NEVER);
  expect(await Promise.all([first, second, third])).toEqual(['superseded', 'superseded', 'third']);
  expect(begun).toEqual(['first']);
});

test('its caller may end it, and a failure is told to the caller alone', async () => {
  const jobs = new LatestJob();
  const caller = new AbortController();
  const begun: string[] = [];
  const ended = jobs.run(until(begun, 'ended'), caller.signal);
  await expect.poll(() => begun).toEqual(['ended']);
  caller.abort(new CfstageError('INTERRUPTED', 'Interrupted'));
  await expect(ended).rejects.toMatchObject({ code: 'INTERRUPTED' });
  await expect(jobs.run(() => Promise.reject(new Error('it broke')), NEVER)).rejects.toThrow('it broke');
  expect(await jobs.run(() => Promise.resolve('next'), NEVER)).toBe('next');
});
