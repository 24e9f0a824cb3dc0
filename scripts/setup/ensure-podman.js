import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mountCgroups } from './cgroups.js';
import { answers } from './engine-api.js';
import { canInstallPackages, installPackages } from './install-packages.js';
import { HOME } from './root.js';
import { exitCode, which } from './run.js';
import { logTail, say, SetupError } from './say.js';

/** Podman, and what its distribution only recommends: networks, their names, and the filter that they are made with. */
const PACKAGES = { podman: 'podman', iptables: 'iptables' };
const NETWORK_PACKAGES = ['netavark', 'aardvark-dns'];

/** Time for Podman to answer, in milliseconds. */
const DEADLINE = 60_000;

/** Starts a Podman service of our own, installing Podman first where it is missing; `stop` ends it. */
export async function startPodman() {
  if (process.getuid?.() !== 0) throw new SetupError('The tests run on a rootful Podman.\nRun this as root.');
  await installMissing();
  await mountCgroups();
  const directory = path.join(HOME, 'engine');
  const log = path.join(directory, 'podman.log');
  mkdirSync(directory, { recursive: true });
  const address = {
    from: 'a Podman of our own',
    socketPath: path.join(directory, `podman-${process.pid}.sock`),
  };
  say(`starting podman system service (log: ${log})`);
  const fd = openSync(log, 'a');
  const args = ['system', 'service', '--time=0', `unix://${address.socketPath}`];
  // Ctrl-C ends the tests, which then remove their containers by it.
  const child = spawn(which('podman'), args, { stdio: ['ignore', fd, fd], cwd: '/', detached: true });
  closeSync(fd);
  let ended = false;
  const end = exitCode(child).finally(() => (ended = true));
  end.catch(() => undefined);
  const stop = async () => {
    child.kill();
    await end;
  };
  for (const deadline = Date.now() + DEADLINE; Date.now() < deadline; await sleep(100)) {
    if (await answers(address)) return { address, stop };
    if (ended) throw new SetupError(`Podman ended before it answered:\n${logTail(log)}\nThe log is ${log}.`);
  }
  await stop();
  throw new SetupError(
    `Podman did not answer within ${DEADLINE / 1000} s:\n${logTail(log)}\nThe log is ${log}.`,
  );
}

async function installMissing() {
  const missing = Object.entries(PACKAGES).flatMap(([command, name]) => (which(command) ? [] : [name]));
  if (missing.length === 0) return;
  if (canInstallPackages())
    return await installPackages([...missing, ...NETWORK_PACKAGES], 'to test with Podman');
  throw new SetupError('Podman or iptables is not installed.\nInstall both, then run this again.');
}
