import { readFileSync, writeFileSync } from 'node:fs';
import { run, which } from './run.js';
import { SetupError } from './say.js';

/** All of Podman's networks. Source: containers/common, default subnet pools. */
const NETWORKS = '10.89.0.0/16';

/** Whether the host tells its neighbours of a new address of one of its bridges. */
const ARP_NOTIFY = '/proc/sys/net/ipv4/conf/all/arp_notify';

/**
 * Makes up for what Debian's Podman does not do. Lets the containers of a network without a way out reach each other:
 * Docker, on the same machine, has the kernel drop what no rule allows, and netavark makes none for such networks. Has
 * the kernel tell containers when their bridge gets another address: before netavark 1.9 any container that joins may
 * change it, and what the others send is lost until they ask again. Resolves with what takes both back.
 */
export async function allowPodmanNetworks() {
  const iptables = which('iptables');
  const rule = ['FORWARD', '-s', NETWORKS, '-d', NETWORKS, '-j', 'ACCEPT'];
  const set = async (action) => await run(iptables, ['-w', action, ...rule]);
  const before = readFileSync(ARP_NOTIFY, 'utf8');
  const restore = () => writeFileSync(ARP_NOTIFY, before);
  try {
    writeFileSync(ARP_NOTIFY, '1');
  } catch (error) {
    throw new SetupError(`${error.message}\nRun this where root may write to /proc/sys.`);
  }
  const code = await set('-I');
  if (code !== 0) {
    restore();
    throw new SetupError(
      `iptables could not let Podman's networks through (exit code ${code}).\nSee what it said above.`,
    );
  }
  return async () => {
    restore();
    await set('-D');
  };
}
