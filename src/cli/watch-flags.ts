import { Option, type Command } from 'commander';
import type { WatchLoopRequest } from '../app/watch-loop.ts';
import { CfstageError } from '../errors.ts';
import { requirePersistable } from '../lifecycle/persist-path.ts';
import { addAppFlags, addProxyFlag, addRunFlags, collect, toRequest, type PushFlags } from './push-flags.ts';

/** The flags of watch, as commander gives them. */
export interface WatchFlags extends PushFlags {
  readonly ignore?: readonly string[];
  readonly onChange?: string;
  readonly persist?: readonly string[];
  readonly diff?: boolean;
  readonly keepSnapshots?: boolean;
  /** `--no-start` */
  readonly start?: boolean;
}

export function addWatchFlags(command: Command): Command {
  return addRunFlags(addProxyFlag(addAppFlags(command)))
    .option(
      '--ignore <pattern>',
      'pattern as in .cfignore of what does not matter when it changes; repeatable',
      collect,
    )
    .option('--on-change <command>', 'run this in the directory of a changed buildpack before it is uploaded')
    .option(
      '--persist <path>',
      'path in the staging container that is kept between stagings, e.g. of a build cache; repeatable',
      collect,
    )
    .option('--diff', 'show what each phase changes')
    .option('--keep-snapshots', 'leave the staging container with its snapshots at the end')
    .addOption(new Option('--detach').hideHelp())
    .addOption(new Option('--no-start').hideHelp());
}

/** Raises USAGE for a path that cannot be kept, and for the flags of push that a watch has no use for. */
export function toWatchRequest(app: string | undefined, flags: WatchFlags, cwd: string): WatchLoopRequest {
  const { ignore = [], onChange, persist = [], keepSnapshots = false } = flags;
  requireForeground(flags);
  const { diff = false, traffic = false, json = false } = flags;
  return {
    ...toRequest(app, flags, cwd),
    recordChanges: true,
    keepSnapshots,
    persist: persist.map(requirePersistable),
    ignore,
    // Events tell of each phase anyway.
    tellChanges: diff && !json,
    tellTraffic: traffic && !json,
    ...(onChange === undefined ? {} : { onChange }),
  };
}

function requireForeground({ detach, start }: WatchFlags): void {
  if (detach === true) {
    throw new CfstageError(
      'USAGE',
      'A watch has no --detach: it tells in its terminal what came of each save',
      {
        hint: 'Open another terminal for it, or let the app run on without a watch: `cfstage push --detach`.',
      },
    );
  }
  if (start === false) {
    throw new CfstageError('USAGE', 'A watch has no --no-start: it stages to run the app', {
      hint: 'With `--instances 0` it stages after each save and runs no instance of web.',
    });
  }
}
