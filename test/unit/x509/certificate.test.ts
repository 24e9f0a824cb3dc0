import { createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integer, namedBits, objectIdentifier, text, time } from '../../../src/x509/der.ts';
import { authorityCertificate, instanceCertificate } from '../../../src/x509/instance-identity.ts';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('DER', () => {
  it.each([
    [integer(Uint8Array.of(0, 0)), '020100'],
    [integer(Uint8Array.of(0x7f)), '02017f'],
    [integer(Uint8Array.of(0x80)), '02020080'],
    [namedBits(0, 2, 4), '030203a8'],
    [namedBits(5, 6), '03020106'],
    [objectIdentifier('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
    [objectIdentifier('2.5.29.17'), '0603551d11'],
    [text('app:a-1'), '13076170703a612d31'],
    [text('ü*'), '0c03c3bc2a'],
    [time(new Date('2049-12-31T23:59:59.999Z')), '170d3439313233313233353935395a'],
    [time(new Date('2050-01-01T00:00:00Z')), '180f32303530303130313030303030305a'],
    [text('x'.repeat(128)).subarray(0, 3), '138180'],
    [text('x'.repeat(256)).subarray(0, 4), '13820100'],
  ])('%#', (der, expected) => {
    expect(hex(der)).toBe(expected);
  });
});

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const leafKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });

function spki(key: typeof keys.publicKey): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** For whom this key is, by the authority. */
function issuing(publicKey: typeof keys.publicKey, serial = Uint8Array.of(1)) {
  return {
    now: new Date('2026-01-02T03:04:05.678Z'),
    serial,
    publicKey: spki(publicKey),
    authorityKeyId: createHash('sha1').update(spki(keys.publicKey)).digest(),
    sign: (content: Uint8Array) => sign('sha256', content, keys.privateKey),
  };
}

const authority = new X509Certificate(authorityCertificate(issuing(keys.publicKey)));

describe('certificates', () => {
  it('makes an authority that has signed itself', () => {
    expect(authority.ca).toBe(true);
    expect(authority.verify(keys.publicKey)).toBe(true);
    expect(authority.checkIssued(authority)).toBe(true);
    expect(authority.subject).toBe('CN=cfstage instance identity CA');
  });

  it("gives an instance what a cell's certificate says, whatever its names are", () => {
    const guid = fc.stringMatching(/^[0-9a-f-]{1,36}$/);
    fc.assert(
      fc.property(
        guid,
        guid,
        guid,
        guid,
        fc.ipV4(),
        fc.uint8Array({ minLength: 1, maxLength: 16 }),
        (...facts) => {
          const [instance, organizationGuid, spaceGuid, appGuid, address, serial] = facts;
          const leaf = new X509Certificate(
            instanceCertificate(
              { guid: instance, address, organizationGuid, spaceGuid, appGuid },
              issuing(leafKeys.publicKey, serial),
            ),
          );
          expect(leaf.verify(keys.publicKey)).toBe(true);
          expect(leaf.checkIssued(authority)).toBe(true);
          expect(leaf.checkPrivateKey(leafKeys.privateKey)).toBe(true);
          expect(leaf.subject.split(/\n| \+ /).sort()).toEqual(
            [
              `CN=${instance}`,
              `OU=app:${appGuid}`,
              `OU=organization:${organizationGuid}`,
              `OU=space:${spaceGuid}`,
            ].sort(),
          );
          expect(leaf.subjectAltName).toBe(`DNS:${instance}, IP Address:${address}`);
          expect(BigInt(`0x${leaf.serialNumber}`)).toBe(BigInt(`0x${hex(serial)}`));
          expect([leaf.validFrom, leaf.validTo].map((date) => new Date(date).toISOString())).toEqual([
            '2026-01-02T03:04:05.000Z',
            '2026-01-03T03:04:05.000Z',
          ]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leaves an address out that the container does not have', () => {
    const subject = { guid: 'g', address: '', organizationGuid: 'o', spaceGuid: 's', appGuid: 'a' };
    const leaf = new X509Certificate(instanceCertificate(subject, issuing(leafKeys.publicKey)));
    expect(leaf.subjectAltName).toBe('DNS:g');
  });
});
