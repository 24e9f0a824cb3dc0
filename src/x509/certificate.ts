import {
  bitString,
  integer,
  nothing,
  objectIdentifier,
  sequence,
  setOf,
  tagged,
  text,
  time,
  type Der,
} from './der.ts';

/** Attributes of a distinguished name; those of one part have no order among each other. */
export type DistinguishedName = readonly {
  readonly attribute: 'OU' | 'CN';
  readonly values: readonly string[];
}[];

/** What a certificate says. */
export interface CertificateFields {
  /** Most significant byte first. */
  readonly serial: Uint8Array;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Der;
  readonly extensions: readonly Der[];
}

/** Signs with SHA-256 and RSA (PKCS #1 v1.5). */
export type Sign = (content: Uint8Array) => Uint8Array;

const ATTRIBUTES = { CN: '2.5.4.3', OU: '2.5.4.11' } as const;
const SHA256_WITH_RSA = sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing());

/** A signed X.509 certificate, version 3 (RFC 5280). */
export function certificate(fields: CertificateFields, sign: Sign): Der {
  const version3 = tagged(0, 'explicit', integer(Uint8Array.of(2)));
  const content = sequence(
    version3,
    integer(fields.serial),
    SHA256_WITH_RSA,
    distinguishedName(fields.issuer),
    sequence(time(fields.notBefore), time(fields.notAfter)),
    distinguishedName(fields.subject),
    fields.publicKey,
    tagged(3, 'explicit', sequence(...fields.extensions)),
  );
  return sequence(content, SHA256_WITH_RSA, bitString(sign(content)));
}

export function toPem(der: Der): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function distinguishedName(name: DistinguishedName): Der {
  const parts = name.map(({ attribute, values }) =>
    setOf(...values.map((value) => sequence(objectIdentifier(ATTRIBUTES[attribute]), text(value)))),
  );
  return sequence(...parts);
}
