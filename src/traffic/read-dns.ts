import { decode, type DecodedPacket } from 'dns-packet';

/** A DNS message, as far as it tells who asks for what. */
export interface DnsMessage {
  /** Tells one question from others: number, type and name. */
  readonly key: string;
  readonly isAnswer: boolean;
  readonly name: string;
  /** The name exists; undefined: the resolver could not tell, and another one may be asked. */
  readonly found: boolean | undefined;
  /** Addresses in the answer. */
  readonly addresses: readonly string[];
}

/** What the types of the package leave out. */
interface Answered {
  readonly rcode?: string;
}

/** Undefined for what is no DNS message with a question. */
export function readDns(payload: Buffer): DnsMessage | undefined {
  try {
    const { id = 0, type, questions = [], answers = [], rcode } = decode(payload) as DecodedPacket & Answered;
    // The package makes something of an address that was cut.
    const isWhole = decode.bytes <= payload.length;
    const [question] = questions;
    if (question === undefined) return undefined;
    const name = question.name.toLowerCase();
    return {
      key: `${id} ${question.type} ${name}`,
      isAnswer: type === 'response',
      name,
      found: rcode === 'SERVFAIL' ? undefined : rcode === 'NOERROR',
      addresses: answers.flatMap((answer) =>
        (answer.type === 'A' || answer.type === 'AAAA') && isWhole ? [answer.data] : [],
      ),
    };
  } catch {
    return undefined;
  }
}
