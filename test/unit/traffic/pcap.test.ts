import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PcapReader } from '../../../src/traffic/pcap.ts';
import { pcap } from './packet-bytes.ts';

const packets = [Buffer.from('one'), Buffer.alloc(0), Buffer.from('three')];
const read = (...chunks: readonly Buffer[]) => {
  const reader = new PcapReader();
  return chunks.flatMap((chunk) => reader.read(chunk));
};

describe('a capture', () => {
  it.each([
    ['of this machine', {}],
    ['of the other byte order', { littleEndian: false }],
    ['with nanoseconds', { magic: 0xa1b23c4d }],
    ['of the other byte order with nanoseconds', { littleEndian: false, magic: 0xa1b23c4d }],
  ])('%s is cut into its packets', (_, options) => {
    expect(read(pcap(packets, { ...options, linkType: 276 }))).toEqual(
      packets.map((bytes) => ({ linkType: 276, bytes })),
    );
  });

  it('has its link type without what is said of check sequences', () => {
    expect(read(pcap([Buffer.from('a')], { linkType: 0x2400_0071 }))).toMatchObject([{ linkType: 113 }]);
  });

  it('has begun once its header is there', () => {
    const reader = new PcapReader();
    const stream = pcap([]);
    expect(reader.hasBegun).toBe(false);
    reader.read(stream.subarray(0, 23));
    expect(reader.hasBegun).toBe(false);
    reader.read(stream.subarray(23));
    expect(reader.hasBegun).toBe(true);
  });

  it('is the same in whatever chunks it comes', () => {
    const anyPackets = fc.array(fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array)));
    fc.assert(
      fc.property(anyPackets, fc.boolean(), fc.array(fc.nat(60)), (some, littleEndian, sizes) => {
        const stream = pcap(some, { littleEndian });
        const chunks: Buffer[] = [];
        let at = 0;
        for (const size of sizes) chunks.push(stream.subarray(at, (at += size)));
        chunks.push(stream.subarray(at));
        expect(read(...chunks).map(({ bytes }) => bytes)).toEqual(some);
      }),
    );
  });

  it('that ends in a packet has those before it', () => {
    const stream = pcap(packets);
    for (let cut = 1; cut <= 5; cut++) expect(read(stream.subarray(0, stream.length - cut))).toHaveLength(2);
  });

  it('is none when it does not begin as one', () => {
    expect(() => read(Buffer.from('tcpdump: any: You don’t have permission'))).toThrow(
      'This is no pcap stream',
    );
  });

  it('after its header is read to its end or waits for more, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (any) => {
        const found = read(Buffer.concat([pcap([]), any]));
        const used = found.reduce((sum, { bytes }) => sum + 16 + bytes.length, 0);
        expect(used).toBeLessThanOrEqual(any.length);
      }),
    );
  });
});
