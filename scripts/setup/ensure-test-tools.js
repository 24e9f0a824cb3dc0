import { canInstallPackages, installPackages } from './install-packages.js';
import { which } from './run.js';
import { SetupError } from './say.js';

/** Commands that the tests use besides the engine, and who has them on Debian and Ubuntu. */
const TOOLS = {
  ssh: 'openssh-client',
  openssl: 'openssl',
  pgrep: 'procps',
  git: 'git',
  vi: 'vim-tiny',
  zip: 'zip',
  zipinfo: 'unzip',
};

/** Makes sure that they are there. */
export async function ensureTestTools() {
  const missing = Object.keys(TOOLS).filter((command) => which(command) === undefined);
  if (missing.length === 0) return;
  if (!canInstallPackages()) {
    throw new SetupError(
      `The tests need ${missing.join(' and ')}.\nInstall what is missing, then run this again.`,
    );
  }
  await installPackages(
    missing.map((command) => TOOLS[command]),
    'for the tests',
  );
}
