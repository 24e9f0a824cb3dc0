import { orInterrupted } from '../errors.ts';
import type { Cell } from './cell.ts';
import type { AnyContainerSpec } from './container-config.ts';
import type { Container } from './engine.ts';
import { ownershipLabels, type Purpose } from './labels.ts';
import { cutOff } from './offline-container.ts';
import { watchTraffic } from './watch-traffic.ts';

/** A container that carries the labels of this session. An interruption while it is being made still removes it. */
export async function createOwnedContainer(
  { engine, session, traffic }: Cell,
  spec: AnyContainerSpec,
  what: Purpose,
  signal: AbortSignal,
): Promise<Container> {
  const labels = ownershipLabels({ ...what, session: session.id, owner: session.owner, home: session.home });
  const create = (one: AnyContainerSpec, marks: Readonly<Record<string, string>>) =>
    engine.createContainer(one, marks, signal);
  const creation =
    'init' in spec && spec.offline !== undefined
      ? cutOff(spec, labels, create, signal)
      : create(spec, labels);
  try {
    const container = await orInterrupted(creation, signal);
    if (traffic !== undefined && 'init' in spec)
      watchTraffic(container, spec, labels, traffic, create, signal);
    return container;
  } catch (error) {
    await creation.then((container) => container.remove()).catch(() => undefined);
    throw error;
  }
}
