import type Docker from 'dockerode';

const OPTIONS = { force: true, v: true };

/**
 * Removes a container, running or not, and on Podman first those that share its network: it refuses otherwise. Source:
 * podman libpod/runtime_ctr.go.
 */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await remove(docker, id);
  } catch (error) {
    const sharers = sharersOf(id, error);
    if (sharers.length === 0) throw error;
    await Promise.all(sharers.map((sharer) => remove(docker, sharer)));
    await remove(docker, id);
  }
}

async function remove(docker: Docker, id: string): Promise<void> {
  await docker.getContainer(id).remove(OPTIONS);
}

function sharersOf(id: string, error: unknown): readonly string[] {
  const { message } = error instanceof Error ? error : { message: '' };
  if (!message.includes('has dependent containers')) return [];
  return (message.match(/\b[0-9a-f]{64}\b/g) ?? []).filter((one) => one !== id);
}
