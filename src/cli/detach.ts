import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CfstageError } from '../errors.ts';
import type { BackgroundMessage } from './background.ts';
import type { CommandSession } from './session.ts';

const ENTRY = fileURLToPath(new URL('../../bin/cfstage.js', import.meta.url));

/**
 * Runs a command line in a process of its own that outlives this one and its terminal, and shows what it does until
 * its app has started. Ctrl-C before that ends it. Resolves with 0, or with its exit code when it ends early.
 */
export async function detach(
  args: readonly string[],
  { signal, show }: Pick<CommandSession, 'signal' | 'show'>,
): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ENTRY, ...args, '--background'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      let started = false;
      child.on('message', (message: BackgroundMessage) => {
        if ('ready' in message) {
          started = true;
          resolve(0);
        } else if (message.event !== undefined) void show(message.event);
      });
      child.once('error', reject);
      child.once('exit', (code) => {
        if (!started) resolve(code ?? 1);
      });
      child.once('disconnect', () => started && child.unref());
      if (signal.aborted) stop();
    });
  } catch (error) {
    throw new CfstageError('INTERNAL', 'The background process could not be started', { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
    child.removeAllListeners();
    child.unref();
  }
}

/** This command line for the background. */
export function argumentsWithout(...flags: readonly string[]): readonly string[] {
  return process.argv.slice(2).filter((argument) => !flags.includes(argument));
}
