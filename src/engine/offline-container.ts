import type { ContainerSpec, HelperSpec } from '../lifecycle/container-spec.ts';
import { DEAD_END_SCRIPT } from '../lifecycle/dead-end-script.ts';
import { FORWARDER_SCRIPT } from '../lifecycle/forwarder-script.ts';
import type { Container } from './engine.ts';
import { startHelper } from './start-helper.ts';

export type Labels = Readonly<Record<string, string>>;
export type CreateContainer = (spec: ContainerSpec | HelperSpec, labels: Labels) => Promise<Container>;

/**
 * A container on a network without a way out, with what it then needs: inside its network something that refuses what
 * would leave it, so that nobody waits for that in vain, and for its ports a forwarder that is on the outer network too.
 */
export async function cutOff(
  spec: ContainerSpec,
  labels: Labels,
  create: CreateContainer,
  signal: AbortSignal,
): Promise<Container> {
  const [made, forwarder] = await Promise.allSettled([
    create(spec, labels),
    openForwarder(spec, helperLabels(labels), create, signal),
  ]);
  if (made.status === 'fulfilled' && forwarder.status === 'fulfilled') {
    const container = made.value;
    if (forwarder.value !== undefined) accompanyByForwarder(container, forwarder.value);
    accompanyByDeadEnd(container, spec, helperLabels(labels), create, signal);
    return container;
  }
  for (const one of [made, forwarder]) if (one.status === 'fulfilled') await one.value?.remove();
  throw made.status === 'rejected' ? made.reason : (forwarder as PromiseRejectedResult).reason;
}

/** Started at once: it looks for the container only when somebody connects. */
async function openForwarder(
  { name, image, platform, network, offline, publish }: ContainerSpec,
  labels: Labels,
  create: CreateContainer,
  signal: AbortSignal,
): Promise<Container | undefined> {
  const [published] = publish;
  if (published === undefined || network === undefined || offline === undefined) return undefined;
  const port = String(published.containerPort);
  const forwarder = await create(
    {
      name: `${name}-forwarder`,
      image,
      ...(platform === undefined ? {} : { platform }),
      argv: ['perl', '-e', FORWARDER_SCRIPT, port, name, port],
      place: { networks: [offline.outside, network.name], publish: [published] },
    },
    labels,
  );
  await startHelper(forwarder, signal);
  return forwarder;
}

function accompanyByForwarder(container: Container, forwarder: Container): void {
  container.accompany({
    ports: async () => (await forwarder.inspect()).ports,
    remove: () => forwarder.remove(),
  });
}

function accompanyByDeadEnd(
  container: Container,
  { name, image, platform }: ContainerSpec,
  labels: Labels,
  create: CreateContainer,
  signal: AbortSignal,
): void {
  let helper: Container | undefined;
  const started = async () => {
    helper = await create(
      {
        name: `${name}-dead-end`,
        image,
        ...(platform === undefined ? {} : { platform }),
        argv: ['perl', '-e', DEAD_END_SCRIPT],
        place: { inside: container.id },
      },
      labels,
    );
    await startHelper(helper, signal);
  };
  container.accompany({ started, remove: async () => await helper?.remove() });
}

export function helperLabels(labels: Labels): Labels {
  return { ...labels, 'cfstage.role': 'helper' };
}
