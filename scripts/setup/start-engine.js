import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mountCgroups } from './cgroups.js';
import { answers } from './engine-api.js';
import { HOME } from './root.js';
import { isAlive } from './lock.js';
import { logTail, say, SetupError } from './say.js';

/** Time for dockerd to answer, in milliseconds: its first start on a slow disk takes a while. */
const DEADLINE = 60_000;

/** Starts dockerd as a process of its own, which goes on after us, and waits until it answers at `address`. */
export async function startEngine(dockerd, address) {
  const directory = path.join(HOME, 'engine');
  const log = path.join(directory, 'dockerd.log');
  const pidFile = path.join(directory, 'dockerd.pid');
  mkdirSync(directory, { recursive: true });

  const running = [pidFile, '/var/run/docker.pid'].map(dockerdPid).find((pid) => pid !== undefined);
  let gone = () => running !== undefined && !isAlive(running);
  if (running === undefined) {
    // dockerd refuses to start over the pid of another process, such as one left by a machine that was cut off.
    rmSync(pidFile, { force: true });
    await mountCgroups();
    say(`starting ${dockerd} (log: ${log})`);
    gone = launch(dockerd, ['--pidfile', pidFile, '--host', `unix://${address.socketPath}`], log);
  }

  for (const deadline = Date.now() + DEADLINE; Date.now() < deadline; await sleep(100)) {
    if (await answers(address)) return;
    if (gone())
      throw new SetupError(`dockerd ended before it answered:\n${logTail(log)}\nThe log is ${log}.`);
  }
  throw new SetupError(
    `dockerd did not answer within ${DEADLINE / 1000} s:\n${logTail(log)}\nThe log is ${log}.`,
  );
}

/** Returns a function that tells whether the process has ended. */
function launch(command, args, log) {
  const fd = openSync(log, 'a');
  const child = spawn(command, args, { detached: true, stdio: ['ignore', fd, fd], cwd: '/' });
  closeSync(fd);
  let ended = false;
  child.once('error', () => (ended = true));
  child.once('exit', () => (ended = true));
  child.unref();
  return () => ended;
}

/** The pid in a pid file if it is that of a living dockerd. */
function dockerdPid(pidFile) {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'dockerd' ? pid : undefined;
  } catch {
    return undefined;
  }
}
