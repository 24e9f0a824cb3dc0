import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrafficRecord, TrafficSource } from '../../../src/lifecycle/traffic-record.ts';
import { TrafficReader } from '../../../src/traffic/traffic-reader.ts';
import {
  AAAA,
  answer,
  frame,
  pcap,
  question,
  RST_ACK,
  SYN,
  SYN_ACK,
  tcp,
  udp,
  unreachable,
} from './packet-bytes.ts';

const US = '172.18.0.3';
const THEM = '93.184.215.14';
const RESOLVER = '192.0.2.53';
const SUPPLY: TrafficSource = { kind: 'staging', phase: 'supply', buildpack: 'ruby' };
const WEB: TrafficSource = { kind: 'app', process: 'web', index: 0 };

type Told = Omit<TrafficRecord, 'attempts'>;

/** A reader that has begun, with a hand for what comes from outside and one for what goes there. */
class Capture {
  readonly records: Told[] = [];
  readonly marks: string[] = [];
  readonly reader = new TrafficReader(
    { add: (record) => void this.records.push(record), tellGap: () => undefined },
    (mark) => this.marks.push(mark),
  );

  constructor(source: TrafficSource | undefined = SUPPLY) {
    this.reader.read(pcap([]));
    this.reader.turnTo(source);
  }

  sent(...packets: readonly Buffer[]): this {
    return this.#read(packets, 4);
  }

  came(...packets: readonly Buffer[]): this {
    return this.#read(packets, 0);
  }

  /** What is told once the script has ended. */
  end(): readonly Told[] {
    this.reader.turnTo(undefined);
    return this.records;
  }

  #read(packets: readonly Buffer[], type: number): this {
    const header = pcap([]).length;
    this.reader.read(pcap(packets.map((packet) => frame(packet, { type }).bytes)).subarray(header));
    return this;
  }
}

const out = [US, 40_000, THEM, 443] as const;
const back = [THEM, 443, US, 40_000] as const;
const toThem = { source: SUPPLY, host: THEM, address: THEM, port: 443 };

describe('a connection', () => {
  it.each([
    ['that is made', [tcp(back, SYN_ACK)], 'answered'],
    ['that is reset', [tcp(back, RST_ACK)], 'refused'],
    ['that cannot get there', [unreachable(US, US, tcp(out, SYN), 28)], 'refused'],
    ['that nobody answers', [], 'unanswered'],
  ])('%s', (_, answers, came) => {
    expect(
      new Capture()
        .sent(tcp(out, SYN))
        .came(...answers)
        .end(),
    ).toEqual([{ ...toThem, protocol: 'tcp', answer: came }]);
  });

  it('that is tried again is told when it is', () => {
    const capture = new Capture().sent(tcp(out, SYN), tcp(out, SYN));
    expect(capture.records).toEqual([{ ...toThem, protocol: 'tcp', answer: 'unanswered' }]);
    capture.came(tcp(back, SYN_ACK));
    expect(capture.end().map(({ answer: came }) => came)).toEqual(['unanswered', 'answered']);
  });

  it('that was answered is not told again by what follows on it', () => {
    const capture = new Capture().sent(tcp(out, SYN)).came(tcp(back, SYN_ACK));
    capture.sent(tcp(out, 24, 'GET /')).came(tcp(back, 24, 'HTTP/1.1 200 OK'), tcp(back, RST_ACK));
    expect(capture.end()).toHaveLength(1);
  });

  it.each([
    ['from others', (capture: Capture) => capture.came(tcp(back, SYN)).sent(tcp(out, SYN_ACK))],
    [
      'from others that is refused',
      (capture: Capture) => capture.came(tcp(back, SYN)).sent(tcp(out, RST_ACK)),
    ],
    ['to loopback', (capture: Capture) => capture.sent(tcp(['127.0.0.1', 40_000, '127.0.0.1', 8080], SYN))],
    ['to loopback of IPv6', (capture: Capture) => capture.sent(tcp(['::1', 40_000, '::1', 8080], SYN))],
    ['to itself', (capture: Capture) => capture.sent(tcp([US, 40_000, US, 8080], SYN))],
    [
      'while only the platform is at work',
      (capture: Capture) => {
        capture.reader.turnTo(undefined);
        return capture.sent(tcp(out, SYN)).came(tcp(back, SYN_ACK));
      },
    ],
  ])('%s is no try', (_, happen) => {
    expect(happen(new Capture()).end()).toEqual([]);
  });

  it('is of IPv6 as well', () => {
    const capture = new Capture().sent(tcp(['fd00::3', 40_000, '2001:db8::1', 80], SYN));
    capture.came(tcp(['2001:db8::1', 80, 'fd00::3', 40_000], SYN_ACK));
    expect(capture.end()).toMatchObject([{ host: '2001:db8::1', address: '2001:db8::1', port: 80 }]);
  });
});

describe('a datagram', () => {
  it.each([
    ['that is answered', [udp(back, 'yes')], 'answered'],
    ['that cannot get there', [unreachable(US, US, udp(out, 'hello'))], 'refused'],
    ['that nobody answers', [], 'unanswered'],
  ])('%s', (_, answers, came) => {
    expect(
      new Capture()
        .sent(udp(out, 'hello'))
        .came(...answers)
        .end(),
    ).toEqual([{ ...toThem, protocol: 'udp', answer: came }]);
  });

  it('more between the same ends is the same try', () => {
    const capture = new Capture().sent(udp(out, 'one'), udp(out, 'two')).came(udp(back, 'yes'));
    expect(capture.sent(udp(out, 'three')).end()).toHaveLength(1);
  });

  it('that answers others is no try', () => {
    expect(new Capture().came(udp(back, 'hello')).sent(udp(out, 'yes')).end()).toEqual([]);
  });

  it('that is only seen in the error about it is a try', () => {
    const lost = unreachable(US, US, udp([US, 40_000, THEM, 123], 'hello'));
    expect(new Capture().came(lost).end()).toMatchObject([{ protocol: 'udp', port: 123, answer: 'refused' }]);
  });

  it('to the discard port of loopback is a mark, and only there', () => {
    const capture = new Capture().sent(
      udp(['127.0.0.1', 40_000, '127.0.0.1', 9], 'a mark'),
      udp([US, 40_000, THEM, 9], 'no mark'),
    );
    expect(capture.marks).toEqual(['a mark']);
    expect(capture.end()).toMatchObject([{ protocol: 'udp', port: 9 }]);
  });
});

describe('a name', () => {
  const asks = [US, 50_000, RESOLVER, 53] as const;
  const told = [RESOLVER, 53, US, 50_000] as const;
  const asked = { source: SUPPLY, protocol: 'dns', host: 'deps.test' };

  it('that is found is told, and is the host of what its address is tried for', () => {
    const capture = new Capture().sent(udp(asks, question('deps.test')));
    capture
      .came(udp(told, answer('deps.test', [THEM])))
      .sent(tcp(out, SYN))
      .came(tcp(back, SYN_ACK));
    expect(capture.end()).toEqual([
      { ...asked, answer: 'answered' },
      { ...toThem, host: 'deps.test', protocol: 'tcp', answer: 'answered' },
    ]);
  });

  it('that is asked for by both kinds of addresses is one try, refused when both are', () => {
    const capture = new Capture().sent(
      udp(asks, question('deps.test')),
      udp(asks, question('deps.test', { id: 8, type: AAAA })),
    );
    capture.came(udp(told, answer('deps.test', [], { code: 3 })));
    expect(capture.records).toEqual([]);
    capture.came(udp(told, answer('deps.test', [], { id: 8, type: AAAA, code: 3 })));
    expect(capture.end()).toEqual([{ ...asked, answer: 'refused' }]);
  });

  it('that a resolver cannot tell may be told by another one', () => {
    const capture = new Capture().sent(udp(asks, question('deps.test')));
    capture.came(udp(told, answer('deps.test', [], { code: 2 }))).sent(udp(asks, question('deps.test')));
    expect(capture.came(udp(told, answer('deps.test', [THEM]))).end()).toEqual([
      { ...asked, answer: 'answered' },
    ]);
  });

  it("that is asked of the engine's resolver, which asks once more, is one try", () => {
    const engine = ['127.0.0.1', 50_000, '127.0.0.11', 39_801] as const;
    const capture = new Capture().sent(udp(engine, question('deps.test')), udp(asks, question('deps.test')));
    capture.came(udp(told, answer('deps.test', [THEM])));
    capture.came(udp(['127.0.0.11', 39_801, '127.0.0.1', 50_000], answer('deps.test', [THEM])));
    expect(capture.end()).toEqual([{ ...asked, answer: 'answered' }]);
  });

  it('that nobody answers is told at the end', () => {
    expect(new Capture().sent(udp(asks, question('deps.test'))).end()).toEqual([
      { ...asked, answer: 'unanswered' },
    ]);
  });

  it("of the platform's own is no try, nor is what it stands for", () => {
    const name = 'proxy-x.cfstage.internal';
    const capture = new Capture().sent(udp(asks, question(name))).came(udp(told, answer(name, [THEM])));
    expect(capture.sent(tcp(out, SYN)).came(tcp(back, SYN_ACK)).end()).toEqual([]);
  });

  it('is none in what only goes to the port of one', () => {
    expect(new Capture().sent(udp(asks, 'hello')).end()).toMatchObject([
      { protocol: 'udp', host: RESOLVER, port: 53, answer: 'unanswered' },
    ]);
  });
});

it('what is tried is of whoever is at work, and what is open ends with it', () => {
  const capture = new Capture().sent(tcp(out, SYN));
  capture.reader.turnTo(WEB);
  capture.came(tcp(back, SYN_ACK)).sent(tcp(out, SYN)).came(tcp(back, SYN_ACK));
  expect(capture.end().map(({ source, answer: came }) => [source.kind, came])).toEqual([
    ['staging', 'unanswered'],
    ['app', 'answered'],
  ]);
});

it('any packets are read to the end, and each record has a source and a host', () => {
  const port = fc.constantFrom(9, 53, 443, 40_000);
  const address = fc.constantFrom(US, THEM, RESOLVER, '127.0.0.1', '127.0.0.11');
  const dns = fc.constantFrom(
    question('a.test'),
    answer('a.test', [THEM]),
    answer('a.test', [], { code: 3 }),
  );
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
  const packet = fc
    .tuple(address, port, address, port, fc.nat(63), fc.oneof(dns, bytes), fc.nat(2))
    .map(([from, fromPort, to, toPort, flags, payload, kind]) => {
      const ends = [from, fromPort, to, toPort] as const;
      if (kind === 0) return tcp(ends, flags);
      return kind === 1 ? udp(ends, payload) : unreachable(to, from, udp(ends, payload));
    });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.oneof(packet, bytes))), (happening) => {
      const capture = new Capture();
      for (const [isSent, one] of happening) {
        if (isSent) capture.sent(one);
        else capture.came(one);
      }
      for (const { source, host, address: where } of capture.end()) {
        expect(source).toBe(SUPPLY);
        expect(host).not.toBe('');
        expect(where?.startsWith('127.')).not.toBe(true);
      }
    }),
  );
});
