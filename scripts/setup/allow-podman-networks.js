import { run, which } from './run.js';
import { SetupError } from './say.js';

/** All of Podman's networks. Source: containers/common, default subnet pools. */
const NETWORKS = '10.89.0.0/16';

/**
 * Lets the containers of a network without a way out reach each other: Docker, on the same machine, has the kernel drop
 * what no rule allows, and netavark makes none for such networks. Resolves with what takes that back.
 */
export async function allowPodmanNetworks() {
  const iptables = which('iptables');
  const rule = ['FORWARD', '-s', NETWORKS, '-d', NETWORKS, '-j', 'ACCEPT'];
  const set = async (action) => await run(iptables, ['-w', action, ...rule]);
  const code = await set('-I');
  if (code !== 0)
    throw new SetupError(
      `iptables could not let Podman's networks through (exit code ${code}).\nSee what it said above.`,
    );
  return async () => void (await set('-D'));
}
