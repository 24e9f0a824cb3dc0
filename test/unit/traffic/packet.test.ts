import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPacket } from '../../../src/traffic/packet.ts';
import { frame, ip, RST_ACK, SYN, SYN_ACK, tcp, u16, udp, unreachable } from './packet-bytes.ts';

const OURS = '172.18.0.3';
const THEIRS = '93.184.215.14';
const OURS6 = 'fd00::3';
const THEIRS6 = '2001:db8::1:0:0:14';

const ends = (from: string, to: string) => [from, 40_000, to, 443] as const;
const between = (from: string, to: string) => ({
  from: { address: from, port: 40_000 },
  to: { address: to, port: 443 },
});
const none = Buffer.alloc(0);

describe('a packet', () => {
  it.each([
    ['a SYN', tcp(ends(OURS, THEIRS), SYN), { protocol: 'tcp', flags: SYN, payload: none }],
    ['a refusal', tcp(ends(OURS, THEIRS), RST_ACK), { protocol: 'tcp', flags: RST_ACK, payload: none }],
    [
      'data of TCP',
      tcp(ends(OURS, THEIRS), 24, 'GET /'),
      { protocol: 'tcp', flags: 24, payload: Buffer.from('GET /') },
    ],
    [
      'a datagram',
      udp(ends(OURS, THEIRS), 'hello'),
      { protocol: 'udp', flags: 0, payload: Buffer.from('hello') },
    ],
    [
      'one after options of IP',
      ip(17, OURS, THEIRS, udp(ends(OURS, THEIRS), 'hello').subarray(20), 3),
      { protocol: 'udp', flags: 0, payload: Buffer.from('hello') },
    ],
    [
      'one before padding',
      Buffer.concat([udp(ends(OURS, THEIRS), 'hello'), Buffer.alloc(9)]),
      { protocol: 'udp', flags: 0, payload: Buffer.from('hello') },
    ],
  ])('%s is read', (_, packet, expected) => {
    expect(readPacket(frame(packet))).toEqual({
      ...{ outgoing: true, rejected: false, ...expected },
      ...between(OURS, THEIRS),
    });
  });

  it.each([
    ['a SYN', tcp(ends(OURS6, THEIRS6), SYN), { protocol: 'tcp', flags: SYN, payload: none }],
    ['an answer', tcp(ends(OURS6, THEIRS6), SYN_ACK), { protocol: 'tcp', flags: SYN_ACK, payload: none }],
    [
      'a datagram',
      udp(ends(OURS6, THEIRS6), 'hi'),
      { protocol: 'udp', flags: 0, payload: Buffer.from('hi') },
    ],
  ])('%s of IPv6 is read, with addresses in their short form', (_, packet, expected) => {
    expect(readPacket(frame(packet))).toEqual({
      ...{ outgoing: true, rejected: false, ...expected },
      ...between(OURS6, '2001:db8::1:0:0:14'),
    });
  });

  it.each([
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
    ['fd00:0:0:1:0:0:0:1', 'fd00:0:0:1::1'],
    ['0:0:0:0:0:0:0:0', '::'],
  ])('the address %s is %s', (address, short) => {
    expect(readPacket(frame(udp([address, 1, address, 2])))?.to.address).toBe(short);
  });

  it.each([113, 276])('of link type %d says whether it leaves', (linkType) => {
    const outgoing = [0, 1, 2, 3, 4].map(
      (type) => readPacket(frame(udp(ends(OURS, THEIRS)), { linkType, type }))?.outgoing,
    );
    expect(outgoing).toEqual([false, false, false, false, true]);
  });

  it.each([
    ['of TCP', tcp(ends(OURS, THEIRS), SYN), OURS, 'tcp'],
    ['of UDP', udp(ends(OURS, THEIRS), 'hello'), OURS, 'udp'],
    ['of TCP in IPv6', tcp(ends(OURS6, THEIRS6), SYN), OURS6, 'tcp'],
    ['of UDP in IPv6', udp(ends(OURS6, THEIRS6), 'hello'), OURS6, 'udp'],
  ])('%s that did not get through is what the error quotes', (_, packet, to, protocol) => {
    const header = to === OURS ? 20 : 40;
    // Eight bytes after its header are the least that an error quotes.
    for (const quoted of [packet.length, header + 8]) {
      const error = unreachable(to, to, packet, quoted);
      expect(readPacket(frame(error, { type: 0 }))).toMatchObject({
        ...{ protocol, outgoing: false, rejected: true },
        ...(to === OURS ? between(OURS, THEIRS) : between(OURS6, THEIRS6)),
      });
    }
  });

  it.each([
    ['another link type', { linkType: 1, bytes: frame(tcp(ends(OURS, THEIRS), SYN)).bytes }],
    ['no IP', { linkType: 113, bytes: Buffer.concat([u16(4, 1, 6, 0, 0, 0, 0, 0x0806), Buffer.alloc(60)]) }],
    ['another protocol', frame(ip(132, OURS, THEIRS, Buffer.alloc(40)))],
    ['an echo', frame(ip(1, OURS, THEIRS, Buffer.concat([Buffer.from([8, 0]), Buffer.alloc(60)])))],
    ['a later fragment', frame(laterFragment())],
    ['a header that is too short to be one', frame(shortHeader())],
    ['an error about an error', frame(unreachable(OURS, OURS, errorWithin()))],
    [
      'an error that quotes less than ports',
      frame(unreachable(OURS, OURS, tcp(ends(OURS, THEIRS), SYN), 27)),
    ],
  ])('is none: %s', (_, captured) => {
    expect(readPacket(captured)).toBeUndefined();
  });

  it.each([
    ['TCP', tcp(ends(OURS, THEIRS), SYN)],
    ['UDP', udp(ends(OURS, THEIRS), 'hello')],
    ['TCP in IPv6', tcp(ends(OURS6, THEIRS6), SYN)],
    ['an error', unreachable(OURS, OURS, tcp(ends(OURS, THEIRS), SYN))],
    ['an error in IPv6', unreachable(OURS6, OURS6, udp(ends(OURS6, THEIRS6), 'hello'))],
  ])('of %s that was cut anywhere is none, or has the same ends', (_, packet) => {
    const { linkType, bytes } = frame(packet);
    const whole = readPacket({ linkType, bytes });
    for (let length = 0; length < bytes.length; length++) {
      const part = readPacket({ linkType, bytes: bytes.subarray(0, length) });
      if (part === undefined) continue;
      const { from, to, protocol, rejected } = part;
      expect({ from, to, protocol, rejected }).toEqual({
        from: whole?.from,
        to: whole?.to,
        protocol: whole?.protocol,
        rejected: whole?.rejected,
      });
    }
  });

  it('is read or not, whatever the bytes are', () => {
    const bytes = fc.uint8Array({ maxLength: 5_000 }).map((array) => Buffer.from(array));
    const ipLike = fc
      .tuple(fc.constantFrom(1, 6, 17, 58), fc.constantFrom([OURS, THEIRS], [OURS6, THEIRS6]), bytes)
      .map(([protocol, [from = '', to = ''], rest]) => frame(ip(protocol, from, to, rest)).bytes);
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 113, 276), fc.oneof(bytes, ipLike), (linkType, any) => {
        const packet = readPacket({ linkType, bytes: any });
        expect(packet === undefined || packet.payload.length <= any.length).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of errors about errors about errors is given up at once', () => {
    let packet = tcp(ends(OURS, THEIRS), SYN);
    while (packet.length < 60_000) packet = unreachable(OURS, OURS, packet);
    expect(readPacket(frame(packet))).toBeUndefined();
  });
});

function laterFragment(): Buffer {
  const packet = udp(ends(OURS, THEIRS), 'hello');
  packet.writeUInt16BE(185, 6);
  return packet;
}

function shortHeader(): Buffer {
  const packet = udp(ends(OURS, THEIRS), 'hello');
  packet.writeUInt8(0x44, 0);
  return packet;
}

function errorWithin(): Buffer {
  return unreachable(OURS, OURS, udp(ends(OURS, THEIRS), 'hello'));
}
