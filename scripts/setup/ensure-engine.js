import { readFileSync } from 'node:fs';
import { areCgroupsMounted } from './cgroups.js';
import { answers } from './engine-api.js';
import { DEFAULT_SOCKET, engineAddresses } from './engine-address.js';
import { canInstallPackages, installPackages } from './install-packages.js';
import { which } from './run.js';
import { SetupError } from './say.js';
import { startEngine } from './start-engine.js';

/** Makes sure that an engine answers and returns its address: found, else started, else installed and started. */
export async function ensureEngine() {
  const addresses = engineAddresses();
  const found = await firstAnswering(addresses);
  if (found) return found;

  const local = addresses.find((address) => address.socketPath === DEFAULT_SOCKET);
  if (!local) {
    throw new SetupError(
      `No Docker engine answers at ${addresses[0].endpoint} (DOCKER_HOST).\n` +
        'Start that engine, or unset DOCKER_HOST to use one on this machine.',
    );
  }
  await installMissing();
  // The package may have started it already.
  if (await answers(local)) return local;
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      'No Docker engine answers, and only root can start the one installed here.\n' +
        'Start it (for example "sudo systemctl start docker"), then run this again.',
    );
  }
  await startEngine(which('dockerd'), local);
  return local;
}

async function firstAnswering(addresses) {
  for (const address of addresses) if (await answers(address)) return address;
  return undefined;
}

async function installMissing() {
  const missing = [...(which('dockerd') ? [] : ['docker.io']), ...companions()];
  if (missing.length === 0) return;
  if (canInstallPackages()) {
    await installPackages(missing, 'no Docker engine answers here');
  } else if (!which('dockerd')) {
    throw new SetupError(
      'No Docker engine answers and none is installed.\n' +
        'Install Docker Engine, Docker Desktop or Podman (with its socket enabled), then run this again.',
    );
  }
}

/** What dockerd needs on some machines and the distribution only recommends. */
function companions() {
  const appArmor = readable('/sys/module/apparmor/parameters/enabled').startsWith('Y');
  return [
    ...(appArmor && !which('apparmor_parser') ? ['apparmor'] : []),
    ...(areCgroupsMounted() || which('cgroupfs-mount') ? [] : ['cgroupfs-mount']),
  ];
}

function readable(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
