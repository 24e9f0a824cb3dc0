import Docker from 'dockerode';
import { expect } from 'vitest';
import { connectEngine } from '../../src/engine/connect.ts';
import { ask, routerPort } from './support/ask.ts';
import { healthyAfterCrash } from './support/crash-lines.ts';
import { SOON } from './support/ssh-places.ts';
import { buildpack, fixture } from './support/paths.ts';
import { HELLO_WEB, STAND_IN, test, type Workplace } from './support/workplace.ts';

const engine = await connectEngine(process.env);

/** Takes the network of the test's state folder away from its containers, and removes it. */
async function removeNetwork(place: Workplace): Promise<void> {
  const [name = ''] = await place.networks();
  const network = new Docker().getNetwork(name);
  // A staging container may be on its way out still.
  await expect.poll(() => place.containers(), SOON).toHaveLength(1);
  for (const { id } of await place.containers()) await network.disconnect({ Container: id, Force: true });
  await network.remove();
}

test('a staging container that somebody removes is CONTAINER_GONE, and the app container goes too', async ({
  place,
}) => {
  const flags = ['--buildpack', buildpack('waits-in-supply'), ...HELLO_WEB];
  const push = place.start(['push', place.app, ...flags]);
  await push.says('-----> Waiting for ever');
  const staging = (await place.containers()).find(({ labels }) => labels['cfstage.role'] === 'staging');
  await engine.container(staging?.id ?? '', 'the staging').remove();
  const { exitCode, stderr } = await push.ended;
  expect(exitCode, stderr).toBe(1);
  expect(stderr).toMatch(/^FAILED \(CONTAINER_GONE\)$/m);
  expect(stderr).toContain('was stopped or removed from outside');
  expect(await place.containers()).toEqual([]);
});

test('an instance whose network goes fails its check, and the next one has a network again', async ({
  place,
}) => {
  const push = place.start([
    ...['push', place.app, ...STAND_IN, '--manifest', fixture('apps/moody-web')],
    ...['--buildpack', buildpack('uses-the-procfile')],
  ]);
  await push.url();
  const port = await routerPort(push);
  await removeNetwork(place);
  await push.says(
    new RegExp(`^Instance 0 of process web of app ${place.app} crashed: Instance became unhealthy: `, 'm'),
  );
  await healthyAfterCrash(push, 1);
  await expect.poll(() => ask(port, `${place.app}.localhost`, '/live'), SOON).toMatchObject({ status: 200 });
  expect(await place.networks()).toHaveLength(1);
  expect(await push.end()).toMatchObject({ exitCode: 0 });
});

test('a network that is missing when an instance starts is made again', async ({ place }) => {
  const push = await place.pushHelloWeb();
  await removeNetwork(place);
  await place.succeed(['restart', place.app]);
  expect(await place.networks()).toHaveLength(1);
  const { stdout } = await place.succeed(['ssh', place.app, '-c', 'curl -s $CF_INSTANCE_INTERNAL_IP:8080']);
  expect(stdout).toBe('hello');
  expect(await push.end()).toMatchObject({ exitCode: 0 });
});
