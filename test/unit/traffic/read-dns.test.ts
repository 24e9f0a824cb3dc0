import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDns } from '../../../src/traffic/read-dns.ts';
import { A, AAAA, answer, question, u16 } from './packet-bytes.ts';

describe('a DNS message', () => {
  it.each([
    ['for IPv4', A, '7 A deps.example.com'],
    ['for IPv6', AAAA, '7 AAAA deps.example.com'],
  ])('that asks %s has its key and its name in small letters', (_, type, key) => {
    expect(readDns(question('Deps.EXAMPLE.com', { type }))).toEqual({
      ...{ key, name: 'deps.example.com', isAnswer: false, addresses: [] },
      found: true,
    });
  });

  it.each([
    ['one address', ['192.0.2.1'], A, ['192.0.2.1']],
    ['several', ['192.0.2.1', '192.0.2.2'], A, ['192.0.2.1', '192.0.2.2']],
    ['one of IPv6, in its short form', ['2001:db8::1'], AAAA, ['2001:db8::1']],
    ['none', [], AAAA, []],
  ])('that answers with %s', (_, given, type, addresses) => {
    expect(readDns(answer('deps.example.com', given, { type }))).toMatchObject({
      ...{ isAnswer: true, name: 'deps.example.com', found: true, addresses },
    });
  });

  it.each([
    ['no such name', 3, false],
    ['a refusal', 5, false],
    ['a resolver that cannot tell', 2, undefined],
  ])('that answers with %s', (_, code, found) => {
    expect(readDns(answer('no.such', [], { code }))).toMatchObject({ isAnswer: true, found, addresses: [] });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no question', u16(7, 0x0100, 0, 0, 0, 0)],
    ['something else', Buffer.from('hello')],
    ['a name that points at itself', Buffer.concat([u16(7, 0x0100, 1, 0, 0, 0), u16(0xc00c, A, 1)])],
    [
      'names that point at each other',
      Buffer.concat([u16(7, 0x0100, 2, 0, 0, 0), u16(0xc012, A, 1), u16(0xc00c, A, 1)]),
    ],
  ])('is none: %s', (_, payload) => {
    expect(readDns(payload)).toBeUndefined();
  });

  it.each([
    ['IPv4', A, ['192.0.2.1', '198.51.100.2']],
    ['IPv6', AAAA, ['2001:db8::1', '2001:db8::1:2']],
  ])('that was cut anywhere is none, or has addresses of %s that are whole', (_, type, addresses) => {
    const whole = answer('deps.example.com', addresses, { type });
    for (let length = 0; length < whole.length; length++) {
      const found = readDns(whole.subarray(0, length))?.addresses ?? [];
      expect(addresses).toEqual(expect.arrayContaining([...found]));
    }
  });

  it('is one or not, whatever the bytes are', () => {
    const any = fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array));
    const counts = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3));
    const likely = fc
      .tuple(fc.nat(0xffff), counts, any)
      .map(([flags, numbers, rest]) => Buffer.concat([u16(7, flags, ...numbers), rest]));
    fc.assert(
      fc.property(fc.oneof(any, likely), (payload) => {
        const message = readDns(payload);
        expect(message === undefined || typeof message.name === 'string').toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
