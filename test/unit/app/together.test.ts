import { describe, expect, it } from 'vitest';
import { together } from '../../../src/app/together.ts';
import { CfstageError, orInterrupted } from '../../../src/errors.ts';

const never = new AbortController().signal;

function aborted(signal: AbortSignal): Promise<never> {
  return orInterrupted(new Promise<never>(() => undefined), signal);
}

describe('together', () => {
  it('resolves with all results in order', async () => {
    const results = await together(
      never,
      () => Promise.resolve('one'),
      async () => {
        await new Promise(setImmediate);
        return 2;
      },
      () => Promise.resolve(undefined),
    );
    expect(results).toEqual(['one', 2, undefined]);
  });

  it('ends the others when one fails, and tells the first failure', async () => {
    const failure = new CfstageError('STACK_UNKNOWN', 'no such stack');
    let ended = false;
    const all = together(
      never,
      () => Promise.reject(failure),
      async (signal) => {
        await aborted(signal).finally(() => (ended = true));
      },
    );
    await expect(all).rejects.toBe(failure);
    expect(ended).toBe(true);
  });

  it('disposes what had been got when another fails later', async () => {
    const disposed: string[] = [];
    const held = { [Symbol.asyncDispose]: () => Promise.resolve(void disposed.push('container')) };
    const all = together(
      never,
      () => Promise.resolve(held),
      () => Promise.resolve('nothing to dispose of'),
      () => new Promise((_, reject) => setImmediate(() => reject(new Error('late')))),
    );
    await expect(all).rejects.toThrow('late');
    expect(disposed).toEqual(['container']);
  });

  it('waits for a task that does not heed its signal, and disposes of what it brings', async () => {
    const disposed: string[] = [];
    const held = { [Symbol.asyncDispose]: () => Promise.resolve(void disposed.push('late container')) };
    const all = together(
      never,
      () => Promise.reject(new Error('first')),
      () => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve(held)))),
    );
    await expect(all).rejects.toThrow('first');
    expect(disposed).toEqual(['late container']);
  });

  it('passes an interruption on to all', async () => {
    const controller = new AbortController();
    const all = together(controller.signal, aborted, aborted);
    controller.abort(new CfstageError('INTERRUPTED', 'Interrupted', { exitCode: 143 }));
    await expect(all).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 143 });
  });
});
