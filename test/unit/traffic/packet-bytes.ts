import { isIPv6 } from 'node:net';

/** Bytes as RFCs draw them. */
export const u16 = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => bytes.writeUInt16BE(value, 2 * i));
  return bytes;
};

export const SYN = 2;
export const RST_ACK = 20;
export const SYN_ACK = 18;

type Ends = readonly [from: string, fromPort: number, to: string, toPort: number];

/** Source: RFC 9293. */
export function tcp([from, fromPort, to, toPort]: Ends, flags: number, payload = ''): Buffer {
  const header = Buffer.concat([u16(fromPort, toPort), Buffer.alloc(8), Buffer.from([5 << 4, flags])]);
  return ip(6, from, to, Buffer.concat([header, u16(512, 0, 0), Buffer.from(payload)]));
}

/** Source: RFC 768. */
export function udp([from, fromPort, to, toPort]: Ends, payload: Buffer | string = ''): Buffer {
  const data = Buffer.from(payload);
  return ip(17, from, to, Buffer.concat([u16(fromPort, toPort, 8 + data.length, 0), data]));
}

/** "Destination unreachable: port" about a packet, of which the first bytes are quoted. Source: RFC 792, RFC 4443. */
export function unreachable(from: string, to: string, packet: Buffer, quoted = packet.length): Buffer {
  const [protocol, type, code] = isIPv6(from) ? [58, 1, 4] : [1, 3, 3];
  return ip(
    protocol,
    from,
    to,
    Buffer.concat([Buffer.from([type, code]), Buffer.alloc(6), packet.subarray(0, quoted)]),
  );
}

/** Source: RFC 791, RFC 8200. */
export function ip(protocol: number, from: string, to: string, rest: Buffer, options = 0): Buffer {
  if (isIPv6(from)) {
    const head = Buffer.concat([Buffer.from([0x60, 0, 0, 0]), u16(rest.length), Buffer.from([protocol, 64])]);
    return Buffer.concat([head, ipv6(from), ipv6(to), rest]);
  }
  const length = 20 + 4 * options;
  const head = Buffer.concat([
    Buffer.from([0x40 | (length / 4), 0]),
    u16(length + rest.length, 0, 0),
    Buffer.from([64, protocol, 0, 0]),
  ]);
  return Buffer.concat([head, ipv4(from), ipv4(to), Buffer.alloc(4 * options), rest]);
}

/** In a frame of Linux' cooked capture. Source: LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2 of tcpdump.org. */
export function frame(
  packet: Buffer,
  { linkType = 113, type = 4 } = {},
): { linkType: number; bytes: Buffer } {
  const ethertype = (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
  const header =
    linkType === 113
      ? Buffer.concat([u16(type, 1, 6), Buffer.alloc(8), u16(ethertype)])
      : Buffer.concat([u16(ethertype, 0, 0, 2, 1), Buffer.from([type, 6]), Buffer.alloc(8)]);
  return { linkType, bytes: Buffer.concat([header, packet]) };
}

interface PcapOptions {
  readonly littleEndian?: boolean;
  readonly magic?: number;
  readonly linkType?: number;
}

/** Source: IETF draft-ietf-opsawg-pcap. */
export function pcap(
  packets: readonly Buffer[],
  { littleEndian = true, magic = 0xa1b2c3d4, linkType = 113 }: PcapOptions = {},
): Buffer {
  const u32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    return littleEndian ? (bytes.writeUInt32LE(value), bytes) : (bytes.writeUInt32BE(value), bytes);
  };
  const records = packets.flatMap((bytes) => [...[0, 0, bytes.length, bytes.length].map(u32), bytes]);
  return Buffer.concat([u32(magic), Buffer.alloc(12), u32(4096), u32(linkType), ...records]);
}

export const A = 1;
export const AAAA = 28;

interface DnsOptions {
  readonly id?: number;
  readonly type?: number;
}

/** Source: RFC 1035, RFC 3596. */
export function question(name: string, { id = 7, type = A }: DnsOptions = {}): Buffer {
  return Buffer.concat([u16(id, 0x0100, 1, 0, 0, 0), dnsName(name), u16(type, 1)]);
}

export function answer(
  name: string,
  addresses: readonly string[],
  { id = 7, type = A, code = 0 }: DnsOptions & { readonly code?: number } = {},
): Buffer {
  const records = addresses.map((address) => {
    const bytes = isIPv6(address) ? ipv6(address) : ipv4(address);
    // The name is that at byte 12, the question's.
    return Buffer.concat([u16(0xc00c, type, 1, 0, 60, bytes.length), bytes]);
  });
  const head = u16(id, 0x8180 | code, 1, records.length, 0, 0);
  return Buffer.concat([head, dnsName(name), u16(type, 1), ...records]);
}

function dnsName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function ipv4(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** Of an address with at most one `::`. */
function ipv6(address: string): Buffer {
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return u16(...[...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16)));
}
