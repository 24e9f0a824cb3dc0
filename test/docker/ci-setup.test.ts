import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { connectEngine } from '../../src/engine/connect.ts';
import { standInImage } from '../../src/stack/stand-in.ts';
import { PrivateEngine } from './support/private-engine.ts';
import { test } from './support/workplace.ts';

const SETUP = ['ci-setup', '--stack', 'cflinuxfs3', '--stack-policy', 'stand-in', '--json'];

test('a machine that begins empty takes its stacks from the state folder of the one before', async ({
  place,
}) => {
  const first = await place.succeed(SETUP);
  const image = standInImage('cflinuxfs3');
  expect(JSON.parse(first.stdout)).toEqual({
    stacks: [{ name: 'cflinuxfs3', image, fromCache: false }],
    cacheFolders: [join(place.home, 'images'), join(place.home, 'downloads')],
  });
  expect(first.stderr).toMatch(/^Keeping /m);
  const again = await place.succeed(SETUP);
  expect(again.stderr).not.toMatch(/^Keeping /m);

  expect((await readdir(join(place.home, 'images'))).sort()).toEqual([
    expect.stringMatching(/\.tar$/),
    expect.stringMatching(/\.tar\.id$/),
  ]);

  await using empty = await PrivateEngine.start(2048);
  const env = { DOCKER_HOST: empty.host };
  const second = await place.succeed(SETUP, { env });
  expect(JSON.parse(second.stdout)).toMatchObject({ stacks: [{ image, fromCache: true }] });
  const [here, there] = await Promise.all([connectEngine(process.env), connectEngine(env)]);
  expect((await there.image(image))?.id).toBe((await here.image(image))?.id);
});
