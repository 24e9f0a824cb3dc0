import { certificate, toPem, type DistinguishedName } from './certificate.ts';
import {
  authority,
  authorityKeyIdentifier,
  extendedKeyUsage,
  keyUsage,
  subjectAlternativeName,
  subjectKeyIdentifier,
} from './extensions.ts';
import type { Issuing } from './instance-identity.ts';

const AUTHORITY: DistinguishedName = [{ attribute: 'CN', values: ['cfstage proxy CA'] }];
/** Longer than any staging may take. */
const LIFETIME_MS = 7 * 24 * 3_600_000;
/** For clocks of engines that are behind this machine's. */
const EARLIER_MS = 24 * 3_600_000;

/** PEM of the authority that signs for one proxy. */
export function proxyAuthorityCertificate(issuing: Issuing): string {
  const { serial, publicKey, authorityKeyId, sign } = issuing;
  const extensions = [keyUsage('keyCertSign', 'cRLSign'), authority(), subjectKeyIdentifier(authorityKeyId)];
  return toPem(
    certificate(
      { serial, issuer: AUTHORITY, subject: AUTHORITY, ...validity(issuing), publicKey, extensions },
      sign,
    ),
  );
}

/** PEM of the certificate of the proxy with this name. */
export function proxyCertificate(host: string, issuing: Issuing): string {
  const { serial, publicKey, authorityKeyId, sign } = issuing;
  const subject: DistinguishedName = [{ attribute: 'CN', values: [host] }];
  const extensions = [
    keyUsage('digitalSignature', 'keyEncipherment'),
    extendedKeyUsage('serverAuth'),
    authorityKeyIdentifier(authorityKeyId),
    subjectAlternativeName([host], []),
  ];
  return toPem(
    certificate({ serial, issuer: AUTHORITY, subject, ...validity(issuing), publicKey, extensions }, sign),
  );
}

function validity({ now }: Issuing) {
  return {
    notBefore: new Date(now.getTime() - EARLIER_MS),
    notAfter: new Date(now.getTime() + LIFETIME_MS),
  };
}
