import { orInterrupted } from '../errors.ts';
import type { ContainerSpec, ImageContainerSpec } from '../lifecycle/container-spec.ts';
import type { Cell } from './cell.ts';
import type { Container } from './engine.ts';
import { ownershipLabels, type Purpose } from './labels.ts';

/** A container that carries the labels of this session. An interruption while it is being made still removes it. */
export async function createOwnedContainer(
  { engine, session }: Cell,
  spec: ContainerSpec | ImageContainerSpec,
  what: Purpose,
  signal: AbortSignal,
): Promise<Container> {
  const labels = ownershipLabels({ ...what, session: session.id, owner: session.owner, home: session.home });
  const creation = engine.createContainer(spec, labels, signal);
  try {
    return await orInterrupted(creation, signal);
  } catch (error) {
    await creation.then((container) => container.remove()).catch(() => undefined);
    throw error;
  }
}
