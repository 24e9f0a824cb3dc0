import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { InstanceCredentials } from '../lifecycle/instance-credentials.ts';
import {
  AUTHORITY_NAME,
  authorityCertificate,
  IDENTITY_HOURS,
  instanceCertificate,
  type InstanceSubject,
  type Issuing,
} from '../x509/instance-identity.ts';
import { readStateText } from './app-store.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { withFileLock } from './file-lock.ts';
import type { Home } from './home.ts';

/** Signs who an instance is, in the place of a foundation's instance identity CA. */
export interface IdentityAuthority {
  readonly certificate: string;
  readonly key: KeyObject;
}

/** Source: executor depot/containerstore/credmanager.go. */
const KEY_BITS = 2048;

/** A new key, made off the main thread; it takes a tenth of a second or several. */
export async function newIdentityKey(): Promise<KeyObject> {
  return (await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS })).privateKey;
}

/** The authority of this state folder; the first use makes it. Raises STATE_UNREADABLE and DISK_FULL. */
export async function openAuthority(home: Home, signal?: AbortSignal): Promise<IdentityAuthority> {
  const made = await readAuthority(home);
  if (made !== undefined) return made;
  const lock = join(home.identity, 'lock');
  return await withFileLock(
    lock,
    async () => (await readAuthority(home)) ?? (await makeAuthority(home)),
    signal,
  );
}

/** The certificate holds the chain: the instance's own, then the authority's. */
export function issueCredentials(
  { certificate, key: authorityKey }: IdentityAuthority,
  subject: InstanceSubject,
  key: KeyObject,
): InstanceCredentials {
  const leaf = instanceCertificate(subject, issuing(key, authorityKey));
  return {
    certificate: leaf + certificate,
    key: key.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

async function makeAuthority(home: Home): Promise<IdentityAuthority> {
  const key = await newIdentityKey();
  const certificate = authorityCertificate(issuing(key, key));
  const files = authorityFiles(home);
  // The certificate comes last: who sees it sees its key.
  await writeFileAtomically(files.key, key.export({ type: 'pkcs8', format: 'pem' }).toString());
  await writeFileAtomically(files.certificate, certificate);
  return { certificate, key };
}

/** Undefined when there is none that can still sign. */
async function readAuthority(home: Home): Promise<IdentityAuthority | undefined> {
  const files = authorityFiles(home);
  const certificate = await readStateText(files.certificate);
  const text = await readStateText(files.key);
  if (certificate === undefined || text === undefined) return undefined;
  try {
    const key = createPrivateKey(text);
    return canSign(new X509Certificate(certificate), key) ? { certificate, key } : undefined;
  } catch {
    return undefined;
  }
}

function canSign(certificate: X509Certificate, key: KeyObject): boolean {
  const validFor = Date.parse(certificate.validTo) - Date.now();
  return (
    certificate.subject === `CN=${AUTHORITY_NAME}` &&
    certificate.checkPrivateKey(key) &&
    validFor > IDENTITY_HOURS * 3_600_000
  );
}

function authorityFiles({ identity }: Home) {
  return { certificate: join(identity, 'ca.crt'), key: join(identity, 'ca.key') };
}

/** What a certificate for `key` is made with. */
export function issuing(key: KeyObject, authorityKey: KeyObject): Issuing {
  return {
    now: new Date(),
    serial: randomBytes(16),
    publicKey: spki(key),
    authorityKeyId: createHash('sha256').update(spki(authorityKey)).digest().subarray(0, 20),
    sign: (content: Uint8Array) => sign('sha256', content, authorityKey),
  };
}

function spki(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}
