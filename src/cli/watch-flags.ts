import type { Command } from 'commander';
import type { WatchLoopRequest } from '../app/watch-loop.ts';
import { requirePersistable } from '../lifecycle/persist-path.ts';
import { addAppFlags, addRunFlags, collect, toRequest, type PushFlags } from './push-flags.ts';

/** The flags of watch, as commander gives them. */
export interface WatchFlags extends PushFlags {
  readonly ignore?: readonly string[];
  readonly onChange?: string;
  readonly persist?: readonly string[];
  readonly diff?: boolean;
  readonly keepSnapshots?: boolean;
}

export function addWatchFlags(command: Command): Command {
  return addRunFlags(addAppFlags(command))
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
    .option('--keep-snapshots', 'leave the staging container with its snapshots at the end');
}

/** Raises USAGE for a path that cannot be kept. */
export function toWatchRequest(app: string | undefined, flags: WatchFlags, cwd: string): WatchLoopRequest {
  const { ignore = [], onChange, persist = [], keepSnapshots = false, diff = false, json = false } = flags;
  return {
    ...toRequest(app, flags, cwd),
    recordChanges: true,
    keepSnapshots,
    persist: persist.map(requirePersistable),
    ignore,
    // Events tell of each phase anyway.
    tellChanges: diff && !json,
    ...(onChange === undefined ? {} : { onChange }),
  };
}
