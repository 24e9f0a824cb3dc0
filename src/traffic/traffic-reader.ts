import { PLATFORM_DOMAIN } from '../lifecycle/proxy-environment.ts';
import type { TrafficAnswer, TrafficRecord, TrafficSource } from '../lifecycle/traffic-record.ts';
import { ACK, readPacket, RST, SYN, type Endpoint, type Packet } from './packet.ts';
import { PcapReader } from './pcap.ts';
import { readDns } from './read-dns.ts';
import type { TrafficLog } from './traffic-log.ts';

/** A record before it is known how the try ended. */
type Try = Omit<TrafficRecord, 'attempts' | 'answer'>;

/** Where an engine answers questions for names inside a container. Source: moby libnetwork/resolver.go. */
const ENGINE_RESOLVER = '127.0.0.11';
const DNS_PORT = 53;
/** Datagrams to it on loopback are marks of our own. Source: RFC 863, "discard". */
export const MARK_PORT = 9;

interface Question {
  readonly tried: Try;
  /** Both kinds of addresses are asked for at once: that is one try. */
  readonly open: Set<string>;
}

/**
 * Reads what was captured in one container into a log of what the container tried to reach. What it sends to itself is
 * left out, and with it the platform's checks; so is whatever others ask of it, like the router.
 */
export class TrafficReader {
  readonly #pcap = new PcapReader();
  readonly #log: TrafficLog;
  readonly #onMark: (mark: string) => void;
  readonly #open = new Map<string, Try>();
  /** Datagrams between the same ends are one try. */
  readonly #conversations = new Set<string>();
  readonly #questions = new Map<string, Question>();
  readonly #asked = new Set<string>();
  readonly #names = new Map<string, string>();
  #source: TrafficSource | undefined;

  constructor(log: TrafficLog, onMark: (mark: string) => void) {
    this.#log = log;
    this.#onMark = onMark;
  }

  /** Whether the capture has begun. */
  get hasBegun(): boolean {
    return this.#pcap.hasBegun;
  }

  /** Who is at work; undefined: what comes is not told. */
  get source(): TrafficSource | undefined {
    return this.#source;
  }

  /** Who is at work from here on; undefined: what comes is not told. What has no answer yet will have none. */
  turnTo(source: TrafficSource | undefined): void {
    for (const tried of this.#open.values()) this.#log.add({ ...tried, answer: 'unanswered' });
    for (const { tried } of this.#questions.values()) this.#log.add({ ...tried, answer: 'unanswered' });
    for (const known of [this.#open, this.#questions, this.#asked, this.#conversations]) known.clear();
    this.#source = source;
  }

  /** Throws for what is no capture. */
  read(chunk: Buffer): void {
    for (const captured of this.#pcap.read(chunk)) {
      const packet = readPacket(captured);
      if (packet !== undefined) this.#take(packet);
    }
  }

  #take(packet: Packet): void {
    const { from, to, protocol, outgoing, rejected } = packet;
    if (!rejected && protocol === 'udp' && to.port === MARK_PORT && isLoopback(to)) {
      this.#onMark(packet.payload.toString('utf8'));
    } else if (from.address === ENGINE_RESOLVER || to.address === ENGINE_RESOLVER) this.#takeDns(packet);
    else if (isLoopback(to) || from.address === to.address) return;
    else if (rejected) this.#takeRejected(packet);
    else if (outgoing) this.#takeSent(packet);
    else this.#takeReceived(packet);
  }

  #takeSent(packet: Packet): void {
    const { protocol, from, to, flags } = packet;
    if (protocol === 'udp' && to.port === DNS_PORT && this.#takeDns(packet)) return;
    const key = conversation(protocol, from, to);
    if (protocol === 'tcp') {
      if ((flags & (SYN | ACK)) !== SYN) return;
      this.#settle(key, 'unanswered');
    } else if (this.#conversations.has(key)) return;
    this.#begin(key, packet);
  }

  #takeReceived(packet: Packet): void {
    const { protocol, from, to, flags } = packet;
    if (protocol === 'udp' && from.port === DNS_PORT && this.#takeDns(packet)) return;
    const key = conversation(protocol, to, from);
    if (protocol === 'udp') {
      // What answers to others is no try.
      this.#conversations.add(key);
      this.#settle(key, 'answered');
    } else if ((flags & RST) !== 0) this.#settle(key, 'refused');
    else if ((flags & (SYN | ACK)) === (SYN | ACK)) this.#settle(key, 'answered');
  }

  /** An error comes back; where nobody has an address it is all that can be seen of a try. */
  #takeRejected(packet: Packet): void {
    const { protocol, from, to, outgoing } = packet;
    if (outgoing) return;
    const key = conversation(protocol, from, to);
    if (!this.#open.has(key) && !this.#conversations.has(key)) this.#begin(key, packet);
    this.#settle(key, 'refused');
  }

  /** Whether it was a question or an answer. */
  #takeDns({ payload }: Packet): boolean {
    const dns = readDns(payload);
    if (dns === undefined) return false;
    const { key, name } = dns;
    const question = this.#questions.get(name);
    if (!dns.isAnswer) {
      // A resolver of the engine asks others in the container's name, with the number that it was asked with.
      if (this.#source === undefined || this.#asked.has(key) || name.endsWith(PLATFORM_DOMAIN)) return true;
      this.#asked.add(key);
      const tried: Try = { source: this.#source, protocol: 'dns', host: name };
      if (question === undefined) this.#questions.set(name, { tried, open: new Set([key]) });
      else question.open.add(key);
      return true;
    }
    for (const address of dns.addresses) this.#names.set(address, name);
    if (dns.found === undefined) return true;
    question?.open.delete(key);
    if (question !== undefined && (dns.found || question.open.size === 0)) {
      this.#questions.delete(name);
      this.#log.add({ ...question.tried, answer: dns.found ? 'answered' : 'refused' });
    }
    return true;
  }

  #begin(key: string, { protocol, to }: Packet): void {
    if (this.#source === undefined) return;
    if (protocol === 'udp') this.#conversations.add(key);
    const { address, port } = to;
    const host = this.#names.get(address) ?? address;
    if (host.endsWith(PLATFORM_DOMAIN)) return;
    this.#open.set(key, { source: this.#source, protocol, host, address, port });
  }

  #settle(key: string, answer: TrafficAnswer): void {
    const tried = this.#open.get(key);
    if (tried === undefined) return;
    this.#open.delete(key);
    this.#log.add({ ...tried, answer });
  }
}

function isLoopback({ address }: Endpoint): boolean {
  return address.startsWith('127.') || address === '::1';
}

function conversation(protocol: string, ours: Endpoint, theirs: Endpoint): string {
  return [protocol, ours.address, ours.port, theirs.address, theirs.port].join(' ');
}
