import type { Container } from '../engine/engine.ts';
import { STOP_MARKER } from '../lifecycle/init-script.ts';

/** Whether somebody else stopped a container one of whose processes has just ended. */
export async function stoppedFromOutside(container: Container): Promise<boolean> {
  try {
    // Its init leaves the mark before it signals anyone.
    if (await container.exists(STOP_MARKER)) return true;
    // On its way to being removed the container has no files any more; init ends with 0 only when it was told to.
    const { running, exitCode } = await container.inspect();
    return !running && exitCode === 0;
  } catch {
    // A container that is gone was removed by someone; nothing in it can have failed.
    return true;
  }
}
