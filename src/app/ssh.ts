import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { orInterrupted } from '../errors.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import { requireRunning } from './running-apps.ts';
import type { Workbench } from './workbench.ts';

/** Where a login session gets its input from and writes to. */
export interface LoginTerminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Present when the session gets a terminal of its own. */
  readonly tty?: {
    readonly size: () => { columns: number; rows: number };
    readonly onResize: (listener: () => void) => () => void;
  };
}

/**
 * The environment of a session as diego-ssh makes it: the daemon's, but PATH, HOME and USER; not the launcher's.
 * Source: diego-ssh handlers/session_channel_handler.go.
 */
const LOGIN_SCRIPT = `. /tmp/lifecycle/ssh.env
export PATH=/bin:/usr/bin HOME=/home/vcap USER=vcap
unset HOSTNAME
cd /home/vcap
exec /bin/bash "$@"`;

/** `cf ssh`: a shell, or one command, beside the app in its container. Resolves with the exit status. */
export async function ssh(
  name: string,
  command: string | undefined,
  terminal: LoginTerminal,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<number> {
  const { id, name: containerName } = await requireRunning(name, workbench);
  const { tty, stdin, stdout, stderr } = terminal;
  const process = await workbench.cell.engine.container(id, containerName).exec(
    {
      argv: ['/bin/bash', '-c', LOGIN_SCRIPT, 'bash', ...(command === undefined ? [] : ['-c', command])],
      env: tty === undefined ? {} : { TERM: 'xterm-256color' },
      user: VCAP.name,
      workingDir: VCAP.home,
      stdin: true,
      tty: tty !== undefined,
    },
    signal,
  );
  const resize = () => {
    if (tty !== undefined) process.resize(tty.size()).catch(() => undefined);
  };
  const stopListening = tty?.onResize(resize);
  resize();
  // The session ends when the command does, not when the input does; what is not read by then is nobody's.
  if (process.stdin !== undefined) pipeline(stdin, process.stdin).catch(() => undefined);
  try {
    const [exitCode] = await orInterrupted(
      Promise.all([
        process.exitCode,
        pipeline(process.stdout, stdout, { end: false }),
        pipeline(process.stderr, stderr, { end: false }),
      ]),
      signal,
    );
    return exitCode;
  } finally {
    stopListening?.();
    stdin.unpipe();
    stdin.destroy();
  }
}
