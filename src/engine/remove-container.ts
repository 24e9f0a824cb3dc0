import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { isAlreadySo, isNotFound } from './engine-errors.ts';

const OPTIONS = { force: true, v: true };

/** Tries of Podman, and the pause before each but the first, in milliseconds. */
const ATTEMPTS = 5;
const PAUSE_MS = 50;

/**
 * Removes a container, running or not. Podman refuses while others share its network, which go first, and while it ends
 * by itself or by somebody else. Source: podman libpod/runtime_ctr.go.
 */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await remove(docker, id);
      return;
    } catch (error) {
      const refusal = podmanRefusal(id, error);
      if (refusal === undefined || attempt === ATTEMPTS) throw error;
      await Promise.all(refusal.sharers.map((sharer) => removeSharer(docker, sharer)));
      await delay(PAUSE_MS);
    }
  }
}

async function remove(docker: Docker, id: string): Promise<void> {
  await docker.getContainer(id).remove(OPTIONS);
}

/** Whoever else removes it as well is not in the way: only the container that it shares with counts. */
async function removeSharer(docker: Docker, id: string): Promise<void> {
  try {
    await remove(docker, id);
  } catch (error) {
    if (!isNotFound(error) && !isAlreadySo(error) && podmanRefusal(id, error) === undefined) throw error;
  }
}

function podmanRefusal(id: string, error: unknown): { readonly sharers: readonly string[] } | undefined {
  const { message } = error instanceof Error ? error : { message: '' };
  if (message.includes('has dependent containers')) {
    return { sharers: (message.match(/\b[0-9a-f]{64}\b/g) ?? []).filter((one) => one !== id) };
  }
  return message.includes('container state improper') ? { sharers: [] } : undefined;
}
