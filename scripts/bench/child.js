import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { exitCode } from '../setup/run.js';
import { LABEL } from './names.js';

/**
 * Starts a contestant with its state folder. `stdout` as spawn takes it; `said` gives the end of what it has written to
 * pipes, `peak` its peak RSS in MB. `signal` interrupts it.
 */
export function startContestant([command, ...args], { state, stdout = 'pipe', signal }) {
  const child = spawn(command, args, {
    // Out of the terminal's reach, and a group of its own: what it has started ends with it.
    detached: true,
    stdio: ['ignore', stdout, 'pipe'],
    env: { ...process.env, CFSTAGE_HOME: state, BENCH_LABEL: LABEL },
  });
  const interrupt = () => signalGroup(child, 'SIGTERM');
  signal.addEventListener('abort', interrupt, { once: true });
  const ended = exitCode(child).finally(() => signal.removeEventListener('abort', interrupt));
  ended.catch(() => undefined);
  return { child, said: tail(child), peak: peakRss(child), ended };
}

export function signalGroup({ pid }, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended.
  }
}

/** Reads the output on, so that nobody waits for a full pipe; gives its end. */
function tail(child) {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (text = (text + chunk).slice(-2000)));
  return () => text;
}

/** The highest resident size the kernel has noted of a process. It only grows, so the last look before the end counts. */
function peakRss({ pid }) {
  let kilobytes = 0;
  const look = () => {
    try {
      kilobytes = Number(
        /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? kilobytes,
      );
    } catch {
      clearInterval(timer);
    }
  };
  const timer = setInterval(look, 20);
  timer.unref();
  return () => {
    clearInterval(timer);
    return (kilobytes * 1024) / 1e6;
  };
}
