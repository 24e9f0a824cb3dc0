import { boolean, namedBits, objectIdentifier, octetString, sequence, tagged, type Der } from './der.ts';

/** Bits of KeyUsage, RFC 5280 §4.2.1.3. */
const KEY_USAGES = { digitalSignature: 0, keyEncipherment: 2, keyAgreement: 4, keyCertSign: 5, cRLSign: 6 };
const EXTENDED_KEY_USAGES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' };

export function keyUsage(...usages: readonly (keyof typeof KEY_USAGES)[]): Der {
  return extension('2.5.29.15', namedBits(...usages.map((usage) => KEY_USAGES[usage])), 'critical');
}

export function extendedKeyUsage(...usages: readonly (keyof typeof EXTENDED_KEY_USAGES)[]): Der {
  const ids = usages.map((usage) => objectIdentifier(EXTENDED_KEY_USAGES[usage]));
  return extension('2.5.29.37', sequence(...ids));
}

/** The certificate is of an authority. */
export function authority(): Der {
  return extension('2.5.29.19', sequence(boolean(true)), 'critical');
}

export function subjectKeyIdentifier(id: Uint8Array): Der {
  return extension('2.5.29.14', octetString(id));
}

export function authorityKeyIdentifier(id: Uint8Array): Der {
  return extension('2.5.29.35', sequence(tagged(0, 'implicit', id)));
}

/** DNS names and then addresses; those that are not IPv4 are left out. */
export function subjectAlternativeName(names: readonly string[], addresses: readonly string[]): Der {
  return extension(
    '2.5.29.17',
    sequence(
      ...names.map((name) => tagged(2, 'implicit', Buffer.from(name))),
      ...addresses.flatMap((address) => {
        const bytes = ipv4Bytes(address);
        return bytes === undefined ? [] : [tagged(7, 'implicit', bytes)];
      }),
    ),
  );
}

function extension(id: string, value: Der, critical?: 'critical'): Der {
  return sequence(
    objectIdentifier(id),
    ...(critical === undefined ? [] : [boolean(true)]),
    octetString(value),
  );
}

function ipv4Bytes(address: string): Uint8Array | undefined {
  const bytes = address.split('.').map(Number);
  const valid =
    bytes.length === 4 && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
  return valid ? Uint8Array.from(bytes) : undefined;
}
