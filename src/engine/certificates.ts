import type { Tree } from '../archive/pack-tree.ts';
import { textEntries } from '../archive/text-entries.ts';
import { SYSTEM_CERTS_DIR } from '../lifecycle/container-paths.ts';
import type { Container } from './engine.ts';
import { runToEnd } from './run-to-end.ts';

/** Where Debian and Ubuntu take certificates from that an administrator trusts. */
const LOCAL_CERTIFICATES = '/usr/local/share/ca-certificates/cfstage';

/** The certificates where Diego mounts them, and where the trust store takes them from. Nothing when there are none. */
export function certificateTrees(certificates: readonly string[]): Tree[] {
  if (certificates.length === 0) return [];
  const files = Object.fromEntries(certificates.map((pem, i) => [`cfstage-${i}.crt`, pem]));
  return [SYSTEM_CERTS_DIR, LOCAL_CERTIFICATES].map((path) => ({
    at: path.slice(1),
    owner: { uid: 0, gid: 0 },
    entries: textEntries(files, 0o644),
  }));
}

/** Has the running container's trust store take up what `certificateTrees` put there. */
export async function trustCertificates(container: Container, signal: AbortSignal): Promise<void> {
  await runToEnd(
    container,
    { argv: ['update-ca-certificates'], env: {}, user: 'root', workingDir: '/' },
    signal,
  );
}
