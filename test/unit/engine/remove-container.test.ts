import { expect, test } from 'vitest';
import { removeContainer } from '../../../src/engine/remove-container.ts';
import { PodmanStandIn } from './support/podman-stand-in.ts';

const APP = 'a'.repeat(64);
const HELPER = 'b'.repeat(64);

/** As long as one is there that shares the network of `APP`. */
function hasDependents(podman: PodmanStandIn): typeof podman.refuse {
  const message = `container ${APP} has dependent containers which must be removed before it: ${HELPER}: container already exists`;
  return (_, id) => (id === APP && podman.containers.has(HELPER) ? { status: 500, message } : undefined);
}

test('removes first what shares the network of a container', async () => {
  await using podman = await PodmanStandIn.open(APP, HELPER);
  podman.refuse = hasDependents(podman);
  await removeContainer(podman.docker, APP);
  expect([...podman.containers]).toEqual([]);
});

test('removes a container whose helper somebody else removes meanwhile', async () => {
  await using podman = await PodmanStandIn.open(APP, HELPER);
  const refuse = hasDependents(podman);
  podman.refuse = (method, id) => {
    const refusal = refuse(method, id);
    podman.containers.delete(HELPER);
    return refusal;
  };
  await removeContainer(podman.docker, APP);
  expect([...podman.containers]).toEqual([]);
});

test('asks again while a container ends', async () => {
  await using podman = await PodmanStandIn.open(APP);
  const message = `cannot remove container ${APP} as it could not be stopped: sending SIGKILL to container ${APP}: container state improper: stopped`;
  let left = 2;
  podman.refuse = () => ((left -= 1) >= 0 ? { status: 500, message } : undefined);
  await removeContainer(podman.docker, APP);
  expect([...podman.containers]).toEqual([]);
});

test.for([
  { status: 500, message: 'no space left on device' },
  { status: 409, message: `removal of container ${APP} is already in progress` },
  { status: 500, message: 'container state improper' },
])('fails with what the engine says in the end: $message', async ({ status, message }) => {
  await using podman = await PodmanStandIn.open(APP);
  podman.refuse = () => ({ status, message });
  await expect(removeContainer(podman.docker, APP)).rejects.toMatchObject({
    statusCode: status,
    message: expect.stringContaining(message) as string,
  });
});
