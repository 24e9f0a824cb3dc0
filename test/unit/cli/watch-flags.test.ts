import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addWatchFlags, toWatchRequest, type WatchFlags } from '../../../src/cli/watch-flags.ts';

function requested(...args: readonly string[]) {
  const command = addWatchFlags(new Command());
  command.parse(args, { from: 'user' });
  return toWatchRequest('app', command.opts<WatchFlags>(), '/here');
}

describe('the flags of watch', () => {
  it('are those of push, and its own', () => {
    expect(requested('--proxy=tls', '--traffic', '--offline', '--no-restart', '--diff')).toMatchObject({
      ...{ proxy: { tls: true }, traffic: true, offline: true, restart: false },
      ...{ tellTraffic: true, tellChanges: true, keepSnapshots: false },
    });
    expect(requested('--traffic', '--diff', '--json')).toMatchObject({
      ...{ traffic: true, tellTraffic: false, tellChanges: false },
    });
  });

  it.each([
    ['--detach', /push --detach/],
    ['--no-start', /--instances 0/],
  ])('have no %s, and say what to do instead', (flag, hint) => {
    expect(() => requested(flag)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringMatching(hint) as string }),
    );
  });
});
