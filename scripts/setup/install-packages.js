import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HOME } from './root.js';
import { runLogged, which } from './run.js';
import { say } from './say.js';

/** Whether distribution packages can be installed here: Debian or Ubuntu, and root. */
export function canInstallPackages() {
  return process.getuid?.() === 0 && which('apt-get') !== undefined && isDebianOrUbuntu();
}

function isDebianOrUbuntu() {
  try {
    return /^ID=["']?(debian|ubuntu)["']?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** Installs packages from the distribution, saying so in one line. */
export async function installPackages(packages, purpose) {
  say(`installing ${packages.join(' ')} from the distribution (${purpose})`);
  const log = path.join(HOME, 'engine/apt.log');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' };
  await runLogged('apt-get update', log, 'apt-get', ['-q', ...LOCK_WAIT, 'update'], { env });
  const args = ['-q', '-y', ...LOCK_WAIT, '--no-install-recommends', 'install', ...packages];
  await runLogged('apt-get install', log, 'apt-get', args, { env });
}

/** Seconds to wait for another apt. */
const LOCK_WAIT = ['-o', 'DPkg::Lock::Timeout=300'];
