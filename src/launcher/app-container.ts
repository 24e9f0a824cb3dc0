import { packTrees } from '../archive/pack-tree.ts';
import { directoryEntries, textEntries } from '../archive/text-entries.ts';
import type { Cell } from '../engine/cell.ts';
import { createOwnedContainer } from '../engine/create-owned.ts';
import type { Container } from '../engine/engine.ts';
import type { Purpose } from '../engine/labels.ts';
import { completePlatformFiles, platformTrees, type PlatformFiles } from '../engine/platform-files.ts';
import { orInterrupted } from '../errors.ts';
import type { Environment } from '../lifecycle/environment.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import { LIFECYCLE_FILES } from '../lifecycle/lifecycle-files.ts';
import { PIDS_DIR } from '../lifecycle/pid-file.ts';
import type { ContainerSpec } from '../lifecycle/container-spec.ts';

/**
 * An app container that runs idle and waits for its droplet. It depends on nothing that staging finds out, so it is
 * made while staging goes on.
 */
export async function prepareAppContainer(
  cell: Cell,
  purpose: Purpose,
  spec: ContainerSpec,
  files: PlatformFiles,
  signal: AbortSignal,
): Promise<Container> {
  const container = await createOwnedContainer(cell, spec, purpose, signal);
  try {
    await orInterrupted(container.start(signal), signal);
    const state = await orInterrupted(container.inspect(), signal);
    const trees = [
      { at: PIDS_DIR.slice(1), owner: VCAP, entries: directoryEntries([]) },
      { at: 'tmp/lifecycle', owner: { uid: 0, gid: 0 }, entries: textEntries(LIFECYCLE_FILES, 0o755) },
      ...(await platformTrees(files, state, signal)),
    ];
    await container.upload(packTrees(trees, signal), '/', signal);
    await completePlatformFiles(container, files, signal);
    return container;
  } catch (error) {
    await container.remove();
    throw error;
  }
}

/** Is there from when the processes of an instance have been started. */
export const STARTED_MARKER = '/tmp/lifecycle/ssh.env';

/** Files that tell a login shell what the launcher does to the environment, and what it starts from (cf ssh). */
export async function uploadLoginFiles(
  container: Container,
  { sshEnv, launcherEnv }: { readonly sshEnv: Environment; readonly launcherEnv: Environment },
  signal: AbortSignal,
): Promise<void> {
  const files = textEntries({ 'launcher.env': exports(launcherEnv), 'ssh.env': exports(sshEnv) }, 0o644);
  const tree = { at: 'tmp/lifecycle', owner: { uid: 0, gid: 0 }, entries: files };
  await container.upload(packTrees([tree], signal), '/', signal);
}

function exports(env: Environment): string {
  return Object.entries(env)
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
}
