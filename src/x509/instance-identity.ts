import { certificate, toPem, type DistinguishedName, type Sign } from './certificate.ts';
import type { Der } from './der.ts';
import {
  authority,
  authorityKeyIdentifier,
  extendedKeyUsage,
  keyUsage,
  subjectAlternativeName,
  subjectKeyIdentifier,
} from './extensions.ts';

/** Subject of the authority that signs instance identities. */
export const AUTHORITY_NAME = 'cfstage instance identity CA';

const AUTHORITY: DistinguishedName = [{ attribute: 'CN', values: [AUTHORITY_NAME] }];
const HOUR = 3_600_000;
const AUTHORITY_HOURS = 10 * 365 * 24;

/** Source: diego-release jobs/rep/spec, diego.executor.instance_identity_validity_period_in_hours. */
export const IDENTITY_HOURS = 24;

/** What every certificate is made with. */
export interface Issuing {
  readonly now: Date;
  /** Most significant byte first. */
  readonly serial: Uint8Array;
  /** SubjectPublicKeyInfo of whom it is for. */
  readonly publicKey: Der;
  /** Names the authority's key. */
  readonly authorityKeyId: Uint8Array;
  /** By the authority. */
  readonly sign: Sign;
}

/** A container and whose app it runs. */
export interface InstanceSubject {
  readonly guid: string;
  readonly address: string;
  readonly organizationGuid: string;
  readonly spaceGuid: string;
  readonly appGuid: string;
}

/** PEM of the authority's own certificate. */
export function authorityCertificate({ now, serial, publicKey, authorityKeyId, sign }: Issuing): string {
  const der = certificate(
    {
      serial,
      issuer: AUTHORITY,
      subject: AUTHORITY,
      notBefore: now,
      notAfter: new Date(now.getTime() + AUTHORITY_HOURS * HOUR),
      publicKey,
      extensions: [keyUsage('keyCertSign', 'cRLSign'), authority(), subjectKeyIdentifier(authorityKeyId)],
    },
    sign,
  );
  return toPem(der);
}

/**
 * PEM of an instance's certificate. Sources: executor depot/containerstore/credmanager.go,
 * `createCertificateTemplate`; cloud_controller_ng diego/app_recipe_builder.rb, `certificate_properties`.
 */
export function instanceCertificate(subject: InstanceSubject, issuing: Issuing): string {
  const { now, serial, publicKey, authorityKeyId, sign } = issuing;
  const { guid, address, organizationGuid, spaceGuid, appGuid } = subject;
  const units = [`organization:${organizationGuid}`, `space:${spaceGuid}`, `app:${appGuid}`];
  const der = certificate(
    {
      serial,
      issuer: AUTHORITY,
      subject: [
        { attribute: 'OU', values: units },
        { attribute: 'CN', values: [guid] },
      ],
      notBefore: now,
      notAfter: new Date(now.getTime() + IDENTITY_HOURS * HOUR),
      publicKey,
      extensions: [
        keyUsage('digitalSignature', 'keyEncipherment', 'keyAgreement'),
        extendedKeyUsage('clientAuth', 'serverAuth'),
        authorityKeyIdentifier(authorityKeyId),
        subjectAlternativeName([guid], [address]),
      ],
    },
    sign,
  );
  return toPem(der);
}
