import { packTrees, type Tree } from '../archive/pack-tree.ts';
import { textEntries } from '../archive/text-entries.ts';
import { orInterrupted } from '../errors.ts';
import { INSTANCE_CERT_FILE, INSTANCE_KEY_FILE, SERVICE_BINDINGS_DIR } from '../lifecycle/container-paths.ts';
import type { IssueCredentials } from '../lifecycle/instance-credentials.ts';
import { certificateTrees, trustCertificates } from './certificates.ts';
import type { Container } from './engine.ts';

const ROOT = { uid: 0, gid: 0 } as const;

/** What the platform puts into a container for the app to read. */
export interface PlatformFiles {
  /** PEM texts to be trusted in the container. */
  readonly caCertificates: readonly string[];
  /** Path below /etc/cf-service-bindings → text. */
  readonly serviceFiles: Readonly<Record<string, string>>;
  readonly issueCredentials: IssueCredentials;
}

/** Those that are known before the container runs. Source of modes: executor volume_mounted_files_handler.go. */
export function platformTrees({ caCertificates, serviceFiles }: PlatformFiles): Tree[] {
  return [
    ...certificateTrees(caCertificates),
    { at: SERVICE_BINDINGS_DIR.slice(1), owner: ROOT, entries: textEntries(serviceFiles, 0o644) },
  ];
}

/** The rest, in a container that has just started and runs nothing of the app yet. */
export async function completePlatformFiles(
  container: Container,
  { caCertificates, issueCredentials }: PlatformFiles,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([
    caCertificates.length > 0 && trustCertificates(container, signal),
    putCredentials(container, issueCredentials, signal),
  ]);
}

/** The app's user reads the key too, as on a cell. Source of modes: executor instance_identity_handler.go. */
async function putCredentials(
  container: Container,
  issue: IssueCredentials,
  signal: AbortSignal,
): Promise<void> {
  const { ipAddress } = await orInterrupted(container.inspect(), signal);
  const { certificate, key } = await orInterrupted(issue(ipAddress), signal);
  const files = {
    [INSTANCE_CERT_FILE.slice(1)]: certificate,
    [INSTANCE_KEY_FILE.slice(1)]: key,
  };
  await container.upload(
    packTrees([{ at: '', owner: ROOT, entries: textEntries(files, 0o644) }], signal),
    '/',
    signal,
  );
}
