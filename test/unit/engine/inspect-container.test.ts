import { expect, test } from 'vitest';
import { inspectContainer } from '../../../src/engine/inspect-container.ts';
import { PodmanStandIn } from './support/podman-stand-in.ts';

const ID = 'a'.repeat(64);

test('asks again while a container is put on one more network', async () => {
  await using podman = await PodmanStandIn.open(ID);
  const message =
    'network inspection mismatch: asked to join 2 network(s), but have information on 1 network(s)';
  let left = 2;
  podman.refuse = () => ((left -= 1) >= 0 ? { status: 500, message } : undefined);
  expect(await inspectContainer(podman.docker.getContainer(ID))).toEqual({ Id: ID });
});

test('fails at once with anything else', async () => {
  await using podman = await PodmanStandIn.open();
  await expect(inspectContainer(podman.docker.getContainer(ID))).rejects.toMatchObject({ statusCode: 404 });
});
