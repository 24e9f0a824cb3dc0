import { canInstallPackages, installPackages } from './install-packages.js';
import { which } from './run.js';
import { SetupError } from './say.js';
import { buildStandIn, stackState } from './stand-in.js';

/** The stacks that the demo and the tests use. */
const STACKS = ['cflinuxfs3', 'cflinuxfs4'];

/** Makes sure of an image for each stack; resolves with `image` or `stand-in` by the stack's name. */
export async function ensureStacks(address) {
  const states = await Promise.all(STACKS.map((name) => stackState(address, name)));
  const absent = states.filter(({ kind }) => kind === 'absent');
  if (absent.length > 0) await ensureBuilder();
  // All must end before one's failure is told: a build that goes on would outlive the set-up's lock.
  const builds = await Promise.allSettled(absent.map((state) => buildStandIn(address, state)));
  const failed = builds.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  return Object.fromEntries(
    STACKS.map((name, i) => [name, states[i].kind === 'image' ? 'image' : 'stand-in']),
  );
}

async function ensureBuilder() {
  if (which('mmdebstrap')) return;
  if (!canInstallPackages()) {
    throw new SetupError(
      'There is no image of the stacks, and no mmdebstrap to build stand-ins with.\n' +
        'Pull them ("docker pull cloudfoundry/cflinuxfs3", "docker pull cloudfoundry/cflinuxfs4"), then run this again.',
    );
  }
  await installPackages(['mmdebstrap'], 'to build stand-ins for the stacks');
}
