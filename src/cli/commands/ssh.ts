import { spawnSync } from 'node:child_process';
import { parsePortForward } from '../../app/forward-spec.ts';
import { ssh } from '../../app/ssh.ts';
import { sshIntoStaging } from '../../app/staging-ssh.ts';
import type { LoginTerminal, WindowSize } from '../../app/ssh-session.ts';
import { CfstageError } from '../../errors.ts';
import { runCommand } from '../session.ts';
import { readTtyChoice, type SshFlags, type TtyChoice } from '../ssh-flags.ts';

/** What cf says where there is no terminal to ask. Source: cli util/clissh/ssh.go. */
const DEFAULT_TERM = 'xterm';
const DEFAULT_SIZE: WindowSize = { columns: 80, rows: 43 };

export async function sshCommand(app: string, flags: SshFlags): Promise<number> {
  return await runCommand({}, async ({ workbench, signal }) => {
    const forwards = (flags.L ?? []).map(parsePortForward);
    const choice = readTtyChoice(flags);
    // Several -c are joined by a space. Source: cli util/clissh/ssh.go.
    const command = flags.command?.join(' ');
    const instance = { app, process: flags.process, index: flags.appInstanceIndex };
    const session = () => ({
      ...(command === undefined ? {} : { command }),
      terminal: openTerminal(wantsTty(choice, command)),
    });
    if (flags.staging === true) {
      requireNoForwards(flags);
      return await sshIntoStaging(app, session(), await workbench(), signal);
    }
    const isSession = flags.skipRemoteExecution !== true;
    return await ssh(
      { instance, forwards, ...(isSession ? { session: session() } : {}) },
      await workbench(),
      signal,
    );
  });
}

function requireNoForwards({ L, skipRemoteExecution }: SshFlags): void {
  if (L === undefined && skipRemoteExecution === undefined) return;
  throw new CfstageError('USAGE', '--staging goes without -L and -N', {
    hint: 'Nothing listens in a staging container.',
  });
}

/** Source: cli util/clissh/ssh.go, shouldAllocateTerminal. */
function wantsTty(choice: TtyChoice, command: string | undefined): boolean {
  switch (choice) {
    case 'force':
      return true;
    case 'disable':
      return false;
    case 'request':
      return process.stdin.isTTY;
    case 'auto':
      return command === undefined && process.stdin.isTTY;
  }
}

function openTerminal(withTty: boolean): LoginTerminal {
  const { stdin, stdout, stderr, env } = process;
  if (!withTty) return { stdin, stdout, stderr };
  return {
    ...{ stdin, stdout, stderr },
    tty: {
      type: env['TERM'] === undefined || env['TERM'] === '' ? DEFAULT_TERM : env['TERM'],
      size: () => (stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : DEFAULT_SIZE),
      onResize: (listener) => {
        stdout.on('resize', listener);
        return () => stdout.off('resize', listener);
      },
      takeKeys: () => {
        if (!stdin.isTTY) return () => undefined;
        stdin.setRawMode(true);
        // The far terminal makes the line ends. Node leaves that to ours as well, which garbles full-screen programs; the
        // mode that it puts back is the one from before.
        spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
        return () => void stdin.setRawMode(false);
      },
    },
  };
}
