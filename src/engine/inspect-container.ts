import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';

/** Tries, and the pause before each but the first, in milliseconds. */
const ATTEMPTS = 20;
const PAUSE_MS = 50;

/**
 * What the engine knows of a container. Podman cannot tell while somebody puts the container on one more network. Source:
 * podman libpod/networking_common.go.
 */
export async function inspectContainer(container: Docker.Container): Promise<Docker.ContainerInspectInfo> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await container.inspect();
    } catch (error) {
      const isJoining = error instanceof Error && error.message.includes('network inspection mismatch');
      if (!isJoining || attempt === ATTEMPTS) throw error;
      await delay(PAUSE_MS);
    }
  }
}
