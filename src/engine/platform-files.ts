import type { Tree } from '../archive/pack-tree.ts';
import { textEntries } from '../archive/text-entries.ts';
import { orInterrupted } from '../errors.ts';
import {
  INSTANCE_CERT_FILE,
  INSTANCE_CREDENTIALS_DIR,
  INSTANCE_KEY_FILE,
  SERVICE_BINDINGS_DIR,
} from '../lifecycle/container-paths.ts';
import type { IssueCredentials } from '../lifecycle/instance-credentials.ts';
import { certificateTrees, trustCertificates } from './certificates.ts';
import type { Container, ContainerState } from './engine.ts';

const ROOT = { uid: 0, gid: 0 } as const;

/** What the platform puts into a container for the app to read. */
export interface PlatformFiles {
  /** PEM texts to be trusted in the container. */
  readonly caCertificates: readonly string[];
  /** Path below /etc/cf-service-bindings → text. */
  readonly serviceFiles: Readonly<Record<string, string>>;
  readonly issueCredentials: IssueCredentials;
}

/**
 * The trees of these files for a container that has just started and runs nothing of the app yet: its certificate names
 * its address. Source of modes: executor volume_mounted_files_handler.go, instance_identity_handler.go.
 */
export async function platformTrees(
  { caCertificates, serviceFiles, issueCredentials }: PlatformFiles,
  { ipAddress }: Pick<ContainerState, 'ipAddress'>,
  signal: AbortSignal,
): Promise<Tree[]> {
  const { certificate, key } = await orInterrupted(issueCredentials(ipAddress), signal);
  // The app's user reads the key too, as on a cell.
  const credentials = { [fileName(INSTANCE_CERT_FILE)]: certificate, [fileName(INSTANCE_KEY_FILE)]: key };
  return [
    ...certificateTrees(caCertificates),
    { at: INSTANCE_CREDENTIALS_DIR.slice(1), owner: ROOT, entries: textEntries(credentials, 0o644) },
    { at: SERVICE_BINDINGS_DIR.slice(1), owner: ROOT, entries: textEntries(serviceFiles, 0o644) },
  ];
}

/** What is left to do once they are in the container. */
export async function completePlatformFiles(
  container: Container,
  { caCertificates }: PlatformFiles,
  signal: AbortSignal,
): Promise<void> {
  if (caCertificates.length > 0) await trustCertificates(container, signal);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
