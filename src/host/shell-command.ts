import type { Readable } from 'node:stream';
import { interruption } from '../errors.ts';

/** A command line that runs. */
export interface ShellCommand {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** 128+n when signal n ended it. Both streams must be read to their end. Rejects when the signal fires. */
  readonly exitCode: Promise<number>;
}

/** How long what it started may take to end. */
const GRACE_MS = 2_000;

/** Runs a command line with this machine's shell in a directory, without input. The signal ends it with all it has started. */
export async function startShellCommand(
  line: string,
  directory: string,
  signal: AbortSignal,
): Promise<ShellCommand> {
  const { execa } = await import('execa');
  const isPosix = process.platform !== 'win32';
  const child = execa(line, {
    shell: true,
    cwd: directory,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    // A group of its own: Ctrl-C reaches it through the signal alone, and all of it.
    detached: isPosix,
  });
  const kill = (name: NodeJS.Signals) => {
    try {
      if (isPosix && child.pid !== undefined) process.kill(-child.pid, name);
      else child.kill(name);
    } catch {
      // It has ended.
    }
  };
  let hard: NodeJS.Timeout | undefined;
  const stop = () => {
    kill('SIGTERM');
    hard = setTimeout(() => kill('SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const exitCode = child
    .then((result) => {
      if (signal.aborted) {
        // Those that would not end with it.
        kill('SIGKILL');
        throw interruption(signal);
      }
      return result.exitCode ?? 128;
    })
    .finally(() => {
      clearTimeout(hard);
      signal.removeEventListener('abort', stop);
    });
  return { stdout: child.stdout, stderr: child.stderr, exitCode };
}
