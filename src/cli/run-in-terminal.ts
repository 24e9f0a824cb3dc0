import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../bin/cfstage.js', import.meta.url));

/** Runs a command line of cfstage on this terminal until it ends. The signal hangs up. */
export async function runInTerminal(args: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, ENTRY, ...args], { stdio: 'inherit' });
  const hangUp = () => child.kill('SIGHUP');
  signal.addEventListener('abort', hangUp, { once: true });
  if (signal.aborted) hangUp();
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => resolve());
    });
  } finally {
    signal.removeEventListener('abort', hangUp);
  }
}
