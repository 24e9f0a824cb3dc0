import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { homeAt } from '../../../src/host/home.ts';
import { RouteDirectory } from '../../../src/host/route-directory.ts';
import { temporaryTag } from '../../../src/host/temporary-name.ts';
import { currentOwner } from '../../../src/host/session-owner.ts';
import { tempDir } from '../host/host-fixtures.ts';
import { endpointAt } from './support/servers.ts';

function directory(): { routes: RouteDirectory; folder: string } {
  const root = tempDir();
  return { routes: new RouteDirectory(homeAt(root)), folder: join(root, 'routes') };
}

test('holds what sessions publish until they withdraw it', async () => {
  const { routes, folder } = directory();
  expect(await routes.endpoints()).toEqual([]);
  await routes.publish('b/../b', [endpointAt(2)]);
  await routes.publish('a', [endpointAt(1), endpointAt(3)]);
  expect((await routes.endpoints()).map(({ address }) => address.port)).toEqual([1, 3, 2]);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  await routes.publish('a', [endpointAt(4, { ready: false })]);
  expect((await routes.endpoints()).map(({ address }) => address.port)).toEqual([4, 2]);
  await routes.withdraw('a');
  await routes.withdraw('never there');
  expect(await routes.endpoints()).toEqual([endpointAt(2)]);
});

test('what is published last counts, however fast', async () => {
  const { routes, folder } = directory();
  const ports = Array.from({ length: 50 }, (_, index) => index + 1);
  await Promise.all(ports.map((port) => routes.publish('a', [endpointAt(port)])));
  expect((await routes.endpoints()).map(({ address }) => address.port)).toEqual([50]);
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('removes what a killed session was writing, and leaves what a live one writes', async () => {
  const { routes, folder } = directory();
  mkdirSync(folder);
  const live = `.b.json${temporaryTag()}.tmp`;
  // No process has this id: it is above the most that Linux gives.
  const dead = `.a.json${temporaryTag().replace(`-${process.pid}-`, '-4194305-')}.tmp`;
  for (const name of [live, dead]) writeFileSync(join(folder, name), '');
  expect(await routes.endpoints()).toEqual([]);
  expect(readdirSync(folder)).toEqual([live]);
});

test('forgets dead sessions, and heeds neither those of other machines nor what is damaged', async () => {
  const { routes, folder } = directory();
  mkdirSync(folder);
  const put = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));
  const endpoints = [endpointAt(1)];
  put('dead.json', { owner: `${hostname()} ${process.pid} 1`, endpoints });
  put('elsewhere.json', { owner: `not-${hostname()} 1 1`, endpoints });
  put('wrong.json', { owner: await currentOwner(), endpoints: [{ ...endpointAt(1), uris: 1 }] });
  put('.x.json.abc.tmp', { owner: await currentOwner(), endpoints });
  writeFileSync(join(folder, 'half.json'), '{"owner":');
  expect(await routes.endpoints()).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual([
    '.x.json.abc.tmp',
    'elsewhere.json',
    'half.json',
    'wrong.json',
  ]);
});

test('tells of every change', async () => {
  const { routes, folder } = directory();
  const other = new RouteDirectory(homeAt(join(folder, '..')));
  let changed: () => void = () => undefined;
  const next = () => new Promise<void>((resolve) => (changed = resolve));
  const watching = await routes.watch(() => changed());
  for (const change of [
    () => other.publish('a', []),
    () => other.publish('a', [endpointAt(1)]),
    () => other.withdraw('a'),
  ]) {
    const told = next();
    await change();
    await told;
  }
  watching[Symbol.dispose]();
});

test('tells of a change that comes at once after another', async () => {
  const { routes } = directory();
  let seen: number | undefined;
  const watching = await routes.watch(() => {
    void routes.endpoints().then(([first]) => (seen = first?.address.port));
  });
  for (let port = 1; port <= 50; port += 1) {
    await routes.publish('a', [endpointAt(port)]);
    await expect.poll(() => seen, { interval: 1 }).toBe(port);
  }
  watching[Symbol.dispose]();
});

test('lets one at a time try for the port, and remembers it', async () => {
  const { routes, folder } = directory();
  const seen: unknown[] = [];
  let inside = 0;
  const claim = (port: number | undefined) =>
    routes.claimSeat(async (last) => {
      inside += 1;
      seen.push(last, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return port;
    });
  const releaseFirst = await claim(8080);
  await Promise.all([claim(undefined), claim(undefined)]);
  expect(seen).toEqual([undefined, 1, { port: 8080, held: true }, 1, { port: 8080, held: true }, 1]);
  expect(await routes.isSeatFree()).toBe(false);
  let stopped = 0;
  await releaseFirst(() => (stopped += 1));
  expect([stopped, await routes.isSeatFree()]).toEqual([1, true]);
  const releaseSecond = await claim(8081);
  // It is no longer theirs to give back.
  await releaseFirst(() => (stopped += 1));
  expect([stopped, await routes.isSeatFree()]).toEqual([1, false]);
  await claim(undefined);
  expect(seen.slice(6)).toEqual([{ port: 8080, held: false }, 1, { port: 8081, held: true }, 1]);
  await releaseSecond();
  writeFileSync(join(folder, '../router.json'), '{"port":');
  await claim(undefined);
  expect(seen.slice(10)).toEqual([undefined, 1]);
});
