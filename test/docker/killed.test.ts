import { describe, expect } from 'vitest';
import { buildpack } from './support/paths.ts';
import { HELLO_WEB, test } from './support/workplace.ts';

const WAITING = ['--buildpack', buildpack('waits-in-supply'), ...HELLO_WEB];

describe('kill -9 of the tool', () => {
  test.for([
    {
      name: 'in the middle of staging',
      flags: WAITING,
      says: '-----> Waiting for ever',
      roles: ['app', 'staging'],
    },
    { name: 'while the app runs', flags: HELLO_WEB, says: 'Container became healthy', roles: ['app'] },
  ])(
    '$name leaves containers; the next push of the app removes them',
    async ({ flags, says, roles }, { place }) => {
      const killed = place.start(['push', place.app, ...flags]);
      await killed.says(says);
      await killed.says(says);
      expect(await killed.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
      const left = await place.containers();
      expect(left.map(({ labels }) => labels['cfstage.role'] ?? '').sort()).toEqual(
        expect.arrayContaining(roles),
      );

      const push = await place.pushHelloWeb();
      const now = (await place.containers()).map(({ id }) => id);
      for (const { id } of left) expect(now).not.toContain(id);
      await push.end();
    },
  );

  test('leaves containers that clean removes, and a live one it does not touch', async ({ place }) => {
    const killed = place.start(['push', `${place.app}-killed`, ...WAITING]);
    await killed.says('-----> Waiting for ever');
    await killed.end('SIGKILL');
    const push = await place.pushHelloWeb();
    const { stdout } = await place.succeed(['clean']);
    expect(stdout).toMatch(new RegExp(`^Removed cfstage-${place.app}-killed-staging-`, 'm'));
    expect((await place.containers()).map(({ labels }) => labels['cfstage.app'])).toEqual([place.app]);
    expect(await (await fetch(await push.url())).text()).toBe('hello');
    await push.end();
  });
});
