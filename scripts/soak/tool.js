import { spawn } from 'node:child_process';
import path from 'node:path';
import { ROOT } from '../setup/root.js';
import { exitCode } from '../setup/run.js';

const CFSTAGE = path.join(ROOT, 'bin/cfstage.js');

/**
 * Starts a command line of cfstage, out of the terminal's reach. `said` gives the end of what it has written, `ended`
 * resolves with its exit code; `signal` interrupts it.
 */
export function startTool(args, env, signal) {
  const child = spawn(process.execPath, [CFSTAGE, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (text = (text + chunk).slice(-4000)));
  const interrupt = () => child.kill('SIGTERM');
  signal.addEventListener('abort', interrupt, { once: true });
  const ended = exitCode(child).finally(() => signal.removeEventListener('abort', interrupt));
  ended.catch(() => undefined);
  return { child, said: () => text, ended };
}
