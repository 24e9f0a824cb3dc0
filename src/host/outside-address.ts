import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';

const THIS_MACHINE = new BlockList();
THIS_MACHINE.addSubnet('127.0.0.0', 8, 'ipv4');
THIS_MACHINE.addSubnet('0.0.0.0', 8, 'ipv4');
THIS_MACHINE.addAddress('::1', 'ipv6');
THIS_MACHINE.addAddress('::', 'ipv6');

/**
 * Address of a host as this machine sees it. Rejects for those that mean this machine's loopback: a container reaches
 * what only listens there by no other way either.
 */
export async function outsideAddress(host: string): Promise<string> {
  const { address } = await lookup(host.replace(/^\[(.*)\]$/, '$1'));
  if (THIS_MACHINE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) {
    throw new Error(`${host} is the loopback of the machine that cfstage runs on`);
  }
  return address;
}
