import type { CapturedPacket } from './pcap.ts';

/** Of a packet what tells who tries to reach whom. */
export interface Packet {
  /** It leaves by an interface other than loopback. */
  readonly outgoing: boolean;
  readonly protocol: 'tcp' | 'udp';
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Of TCP. */
  readonly flags: number;
  readonly payload: Buffer;
  /** It is quoted by an ICMP message that says that it did not get through. */
  readonly rejected: boolean;
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Source: RFC 9293. */
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

/** LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2: what tcpdump gives of all interfaces at once. */
const COOKED = { 113: { length: 16, type: 0, ethertype: 14 }, 276: { length: 20, type: 9, ethertype: 0 } };
const SENT_BY_US = 4;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const [ICMP, TCP, UDP, ICMPV6] = [1, 6, 17, 58];
/** Type of "destination unreachable". Source: RFC 792, RFC 4443. */
const UNREACHABLE = { [ICMP]: 3, [ICMPV6]: 1 };

/** What a captured packet says; undefined for what is neither TCP nor UDP, nor an error about one. */
export function readPacket({ linkType, bytes }: CapturedPacket): Packet | undefined {
  const layout = COOKED[linkType as keyof typeof COOKED] as (typeof COOKED)[113] | undefined;
  if (layout === undefined || bytes.length < layout.length) return undefined;
  const type = linkType === 113 ? bytes.readUInt16BE(layout.type) : bytes.readUInt8(layout.type + 1);
  const ethertype = bytes.readUInt16BE(layout.ethertype);
  const packet = readIp(bytes.subarray(layout.length), ethertype);
  return packet === undefined ? undefined : { ...packet, outgoing: type === SENT_BY_US };
}

type Unplaced = Omit<Packet, 'outgoing'>;

function readIp(ip: Buffer, ethertype: number): Unplaced | undefined {
  if (ethertype === IPV4 && ip.length >= 20) {
    const header = 4 * (ip.readUInt8(0) & 15);
    // Only the first fragment has the ports.
    if (header < 20 || (ip.readUInt16BE(6) & 0x1fff) !== 0) return undefined;
    const from = ip.subarray(12, 16).join('.');
    const to = ip.subarray(16, 20).join('.');
    return readTransport(ip.readUInt8(9), from, to, ip.subarray(header, ip.readUInt16BE(2)), IPV4);
  }
  if (ethertype === IPV6 && ip.length >= 40) {
    const [from, to] = [ipv6(ip.subarray(8, 24)), ipv6(ip.subarray(24, 40))];
    return readTransport(ip.readUInt8(6), from, to, ip.subarray(40), IPV6);
  }
  return undefined;
}

function readTransport(
  protocol: number,
  from: string,
  to: string,
  rest: Buffer,
  ethertype: number,
): Unplaced | undefined {
  if (rest.length < 8) return undefined;
  if (protocol === ICMP || protocol === ICMPV6) {
    if (rest.readUInt8(0) !== UNREACHABLE[protocol]) return undefined;
    const quoted = readIp(rest.subarray(8), ethertype);
    // No error is sent about an error.
    return quoted === undefined || quoted.rejected ? undefined : { ...quoted, rejected: true };
  }
  if (protocol !== TCP && protocol !== UDP) return undefined;
  const isTcp = protocol === TCP;
  return {
    protocol: isTcp ? 'tcp' : 'udp',
    from: { address: from, port: rest.readUInt16BE(0) },
    to: { address: to, port: rest.readUInt16BE(2) },
    // An error quotes eight bytes of it, which may be all that there is.
    flags: isTcp && rest.length >= 14 ? rest.readUInt8(13) : 0,
    payload: isTcp
      ? rest.subarray(rest.length >= 13 ? 4 * (rest.readUInt8(12) >> 4) : rest.length)
      : rest.subarray(8),
    rejected: false,
  };
}

/** In the short form of RFC 5952, as URLs have it. */
function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
