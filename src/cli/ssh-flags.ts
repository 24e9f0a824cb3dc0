import { InvalidArgumentError, Option, type Command } from 'commander';
import { CfstageError } from '../errors.ts';
import { collect } from './push-flags.ts';

/** The flags of ssh, as commander gives them. */
export interface SshFlags {
  readonly appInstanceIndex: number;
  readonly process: string;
  readonly command?: readonly string[];
  readonly L?: readonly string[];
  readonly skipRemoteExecution?: true;
  /** How often it was given. */
  readonly requestPseudoTty?: number;
  readonly forcePseudoTty?: true;
  readonly disablePseudoTty?: true;
  readonly staging?: true;
}

/** Adds cf's own flags. Source: cli command/v7/ssh_command.go. */
export function addSshFlags(command: Command): Command {
  return command
    .option('-i, --app-instance-index <index>', 'instance of the process', toIndex, 0)
    .option('--process <type>', 'process of the app', 'web')
    .option('-c, --command <command>', 'run this and pass its exit status on; repeatable', collect)
    .option(
      '-L <forward>',
      'forward a local port: [BIND_ADDRESS:]LOCAL_PORT:REMOTE_HOST:REMOTE_PORT; repeatable',
      collect,
    )
    .option('-N, --skip-remote-execution', 'forward ports only, until Ctrl-C')
    .addOption(
      new Option('-t, --request-pseudo-tty', 'a terminal also for a command, if there is one here')
        .preset('')
        .argParser((_, before: number | undefined) => (before ?? 0) + 1),
    )
    .option('--force-pseudo-tty', 'a terminal in any case; the same as -tt')
    .option('-T, --disable-pseudo-tty', 'no terminal')
    .option('--staging', 'in the container of the staging that failed, of an app that is watched')
    .addOption(new Option('-k, --skip-host-validation', 'no effect: there is no host key'));
}

/** Which sessions get a terminal of their own. */
export type TtyChoice = 'auto' | 'request' | 'force' | 'disable';

/** Raises USAGE in cf's words for more than one of the flags. `-tt` is as in cf up to version 6. */
export function readTtyChoice(flags: SshFlags): TtyChoice {
  const requests = flags.requestPseudoTty ?? 0;
  const given: readonly (readonly [TtyChoice, boolean])[] = [
    ['disable', flags.disablePseudoTty === true],
    ['force', flags.forcePseudoTty === true || requests > 1],
    ['request', requests === 1],
  ];
  const [choice, ...others] = given.filter(([, isGiven]) => isGiven).map(([name]) => name);
  if (others.length === 0) return choice ?? 'auto';
  throw new CfstageError(
    'USAGE',
    'Incorrect Usage: The following arguments cannot be used together: --disable-pseudo-tty, -T, --force-pseudo-tty, --request-pseudo-tty, -t',
    { hint: 'Give one of them.' },
  );
}

function toIndex(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('An index is a number from 0.');
  return Number(value);
}
