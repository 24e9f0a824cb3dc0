import type { KeyObject } from 'node:crypto';
import { proxyAuthorityCertificate, proxyCertificate } from '../x509/proxy-server.ts';
import { issuing, newIdentityKey } from './identity-authority.ts';
import type { ProxyCredentials } from './recording-proxy.ts';

/** Credentials of a proxy, and the certificate of who signed them: an authority of its own, whose key nobody keeps. */
export async function newProxyCredentials(
  host: string,
): Promise<{ readonly authority: string; readonly credentials: ProxyCredentials }> {
  const [authorityKey, key] = await Promise.all([newIdentityKey(), newIdentityKey()]);
  return {
    authority: proxyAuthorityCertificate(issuing(authorityKey, authorityKey)),
    credentials: { certificate: proxyCertificate(host, issuing(key, authorityKey)), key: pem(key) },
  };
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
