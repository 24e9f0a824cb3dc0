import { ssh, type LoginTerminal } from '../../app/ssh.ts';
import { runCommand } from '../session.ts';

export async function sshCommand(
  app: string,
  flags: { readonly command?: readonly string[] },
): Promise<number> {
  return await runCommand({}, async ({ workbench, signal }) => {
    // Several -c are joined by a space. Source: cli util/clissh/ssh.go.
    const command = flags.command?.join(' ');
    const interactive = command === undefined && process.stdin.isTTY && process.stdout.isTTY;
    const bench = await workbench();
    if (!interactive) return await ssh(app, command, streams(), bench, signal);
    process.stdin.setRawMode(true);
    try {
      return await ssh(app, undefined, ownTerminal(), bench, signal);
    } finally {
      process.stdin.setRawMode(false);
    }
  });
}

function streams(): LoginTerminal {
  const { stdin, stdout, stderr } = process;
  return { stdin, stdout, stderr };
}

function ownTerminal(): LoginTerminal {
  const { stdout } = process;
  return {
    ...streams(),
    tty: {
      size: () => ({ columns: stdout.columns, rows: stdout.rows }),
      onResize: (listener) => {
        stdout.on('resize', listener);
        return () => stdout.off('resize', listener);
      },
    },
  };
}
