import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../setup/root.js';
import { exitCode } from '../setup/run.js';
import { SetupError } from '../setup/say.js';
import { firstAnswer, freePort } from './first-answer.js';

const BUILDPACKS = path.join(ROOT, 'fixtures/buildpacks');
const SUPPLY = path.join(BUILDPACKS, 'config-server-http-buildpack');
const FINAL = path.join(BUILDPACKS, 'ruby_buildpack');
export const CFSTAGE = path.join(ROOT, 'bin/cfstage.js');
export const IMAGE = 'cfstage/cflinuxfs3:stand-in';
export const LABEL = 'cfstage.bench';

/** The command lines of the two: the same app, buildpacks, stack image and port. `state` keeps the build cache. */
const COMMANDS = {
  cfstage: ({ app, port }) => [
    process.execPath,
    CFSTAGE,
    'push',
    'rubyapp',
    ...['--manifest', path.join(app, 'manifest.yml'), '--port', String(port), '--stack-policy', 'stand-in'],
    ...['--local-buildpack', `https://git.example.com/config-server-buildpack.git=${SUPPLY}`],
    ...['--local-buildpack', `ruby_buildpack=${FINAL}`],
  ],
  script: ({ app, state, port }) => [
    'bash',
    path.join(import.meta.dirname, 'by-hand.sh'),
    ...[IMAGE, app, SUPPLY, FINAL, './config-server', String(port), state],
  ],
};

/**
 * Runs one of the two to the first answered request, then stops it and waits for its end. Resolves with the seconds
 * that took and with the peak RSS of the process in MB.
 */
export async function contest(who, { app, state, signal }) {
  const port = await freePort();
  const [command, ...args] = COMMANDS[who]({ app, state, port });
  const answered = new AbortController();
  const start = performance.now();
  const child = spawn(command, args, {
    // Out of the terminal's reach, and a group of its own: what it has started ends with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CFSTAGE_HOME: state, BENCH_LABEL: LABEL },
  });
  const said = tail(child);
  const peak = peakRss(child);
  const interrupt = () => signalGroup(child, 'SIGTERM');
  signal.addEventListener('abort', interrupt, { once: true });
  const ended = exitCode(child).finally(() => answered.abort());
  try {
    const at = await firstAnswer(port, answered.signal);
    if (at === undefined) {
      signal.throwIfAborted();
      throw new SetupError(`${who} ended with ${await ended} before the app answered:\n${said()}`);
    }
    if (who === 'cfstage') child.kill('SIGINT');
    await ended;
    signal.throwIfAborted();
    return { seconds: (at - start) / 1000, peakMb: peak() };
  } finally {
    await ended.catch(() => undefined);
    signal.removeEventListener('abort', interrupt);
  }
}

function signalGroup({ pid }, name) {
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
    stream.on('data', (chunk) => (text = (text + chunk).slice(-2000)));
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
