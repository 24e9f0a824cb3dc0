import { expect } from 'vitest';
import { ask, routerPort } from './support/ask.ts';
import { HELLO_WEB, test } from './support/workplace.ts';

test('a second push of an app replaces the first, which ends as if stopped', async ({ place }) => {
  const first = await place.pushHelloWeb('--env', 'TURN=first');
  const second = await place.pushHelloWeb('--env', 'TURN=second');
  expect(await first.ended).toMatchObject({ exitCode: 0 });
  expect(await (await fetch(`${await second.url()}/env/TURN`)).text()).toBe('second');
  expect(await place.containers()).toHaveLength(1);
  await second.end();
});

test('the router answers every request while a second push takes over, the second only once it is healthy', async ({
  place,
}) => {
  // Whoever pushed first is the router; when it goes, another one is a moment later.
  const router = place.start(['push', `${place.app}-router`, ...HELLO_WEB]);
  const port = await routerPort(router);
  const first = await place.pushHelloWeb('--env', 'TURN=first');
  const answers: string[] = [];
  let over = false;
  const asking = (async () => {
    while (!over) {
      const { status, body } = await ask(port, `${place.app}.localhost`, '/env/TURN');
      answers.push(status === 200 ? body : String(status));
    }
  })();
  const second = place.start([
    ...['push', place.app, ...HELLO_WEB, '--env', 'TURN=second'],
    // Until then only the first can answer.
    ...['--start-command', 'echo not yet; sleep 1; exec perl server.pl'],
  ]);
  await second.says('not yet');
  const asked = answers.length;
  await second.url();
  expect(await first.ended).toMatchObject({ exitCode: 0 });
  await ask(port, `${place.app}.localhost`);
  over = true;
  await asking;
  expect(answers.slice(0, asked)).toEqual(Array.from({ length: asked }, () => 'first'));
  expect(new Set(answers)).toEqual(new Set(['first', 'second']));
  expect(answers.at(-1)).toBe('second');
  await second.end();
  await router.end();
});

test('a second push that fails leaves the first as it is', async ({ place }) => {
  const first = await place.pushHelloWeb('--env', 'TURN=first');
  const flags = ['--start-command', 'exit 3', '--no-restart'];
  expect(await place.run(['push', place.app, ...HELLO_WEB, ...flags])).toMatchObject({ exitCode: 1 });
  expect(await (await fetch(`${await first.url()}/env/TURN`)).text()).toBe('first');
  expect(first.isLive).toBe(true);
  expect(await ask(await routerPort(first), `${place.app}.localhost`)).toMatchObject({ status: 200 });
  await first.end();
});

test('pushes of one app at the same moment leave one running and a whole droplet', async ({ place }) => {
  const turns = ['one', 'two', 'three'];
  const pushes = turns.map((turn) => place.start(['push', place.app, ...HELLO_WEB, '--env', `TURN=${turn}`]));
  const firstTwo: string[] = [];
  await Promise.all(
    pushes.map((push, i) =>
      push.ended
        .then(() => firstTwo.push(turns[i] ?? ''))
        .then(() => {
          if (firstTwo.length === 2) pushes.find(({ isLive }) => isLive)?.kill('SIGINT');
        }),
    ),
  );
  expect(firstTwo).toHaveLength(3);
  const ends = await Promise.all(pushes.map(({ ended }) => ended));
  for (const { exitCode, stderr } of ends) {
    // Replaced while it was starting is told as such; replaced or stopped later is a stop.
    expect(exitCode === 0 || /FAILED \(CONTAINER_GONE\)$/.test(stderr.trimEnd()), stderr).toBe(true);
  }
  expect(await place.containers()).toEqual([]);

  const run = place.start(['run', place.app, '--stack-policy', 'stand-in']);
  expect(turns).toContain(await (await fetch(`${await run.url()}/env/TURN`)).text());
  await run.end();
});

test('stagings of one app at the same time leave one whole droplet', async ({ place }) => {
  const stage = (turn: string) => place.succeed(['stage', place.app, ...HELLO_WEB, '--env', `TURN=${turn}`]);
  await Promise.all(['one', 'two', 'three'].map(stage));
  const run = place.start(['run', place.app, '--stack-policy', 'stand-in']);
  expect(['one', 'two', 'three']).toContain(await (await fetch(`${await run.url()}/env/TURN`)).text());
  await run.end();
});

test('buildpacks registered at the same time are all there', async ({ place }) => {
  const names = Array.from({ length: 6 }, (_, i) => `buildpack-${i}`);
  const path = HELLO_WEB.at(-1) ?? '';
  await Promise.all(names.map((name) => place.succeed(['create-buildpack', name, path])));
  const { stdout } = await place.succeed(['buildpacks', '--json']);
  expect((JSON.parse(stdout) as { name: string }[]).map(({ name }) => name).sort()).toEqual(names);
});
