import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { currentDroplet, dropletFile } from '../../src/app/droplet-store.ts';
import { connectEngine } from '../../src/engine/connect.ts';
import { appFiles } from '../../src/host/app-store.ts';
import { homeAt } from '../../src/host/home.ts';
import { EditedPlace, greeting } from './support/edited-place.ts';
import { STAND_IN, test, type Workplace } from './support/workplace.ts';

const engine = await connectEngine(process.env);
const SECRET = 'not-for-the-state-folder';

/** Watches until the app has started and ends then; answers what was said. */
async function watchOnce(watched: EditedPlace, ...flags: readonly string[]): Promise<string> {
  const watch = await watched.start(...flags);
  await watch.url();
  const { exitCode } = await watch.end();
  expect(exitCode, watch.output).toBe(0);
  return watch.output;
}

/** The droplet in a state folder: its members with the digests of their content, and its result. */
async function dropletOf(place: Workplace, folder: string) {
  const home = homeAt(folder);
  const droplet = await currentDroplet(home, place.app);
  const file = dropletFile(home, place.app, droplet?.buildGuid ?? '');
  const [list, contents] = await Promise.all([
    execa('tar', ['--list', '--verbose', '--numeric-owner', '--file', file]),
    execa('tar', ['--extract', '--file', file, '--to-command', 'echo "$TAR_FILENAME $(sha256sum)"']),
  ]);
  const members = list.stdout.split('\n').map((line) => line.replace(/ \d{4}-\d\d-\d\d \d\d:\d\d /, ' '));
  return { members: members.sort(), contents: contents.stdout.split('\n').sort(), result: droplet?.result };
}

test('the next watch goes on from the staging container that one has left', async ({ place }) => {
  const watched = await EditedPlace.in(place);
  await place.write('manifest.yml', `applications: [{ name: ${place.app}, env: { SECRET: ${SECRET} } }]`);
  expect(await watchOnce(watched, '--keep-snapshots')).toContain(
    `The staging container is kept for the next watch of ${place.app}`,
  );
  const [kept, ...others] = await place.containers();
  expect(kept?.labels['cfstage.role']).toBe('staging');
  expect(others).toEqual([]);
  expect(await place.networks()).toEqual([]);
  const files = appFiles(homeAt(place.home), place.app);
  for (const file of [files.kept, files.keptState]) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
  }

  watched.edit('bp/bin/finalize', '=one', '=two');
  const stage = ['stage', place.app, ...STAND_IN, '-p', 'app', '-b', './bp', '-m', '64M'];
  const elsewhere = join(place.root, 'elsewhere');
  mkdirSync(elsewhere);
  // Neither a staging of another state folder nor one of the same takes it for a leftover.
  await place.succeed(stage, { env: { CFSTAGE_HOME: elsewhere } });
  await place.succeed(stage);
  expect((await place.containers()).map(({ id }) => id)).toEqual([kept?.id]);

  const second = await watched.start('--keep-snapshots');
  expect(await greeting(await second.url())).toBe('two');
  await second.end();
  expect(second.output).toContain('The staging container is kept');
  expect(second.output).toContain('Goes on from the last watch: bin/finalize of bp changed: from finalize');
  expect(second.output).not.toContain('-----> Supplying');
  expect(second.output).toContain('-----> Finalizing');
  expect((await place.containers()).map(({ id }) => id)).toEqual([kept?.id]);
  expect(await dropletOf(place, place.home)).toEqual(await dropletOf(place, elsewhere));

  const third = await watched.start('--keep-snapshots');
  expect(await greeting(await third.url())).toBe('two');
  await third.end();
  expect(third.output).toContain('Goes on from the last watch: nothing changed');
  expect(third.output).not.toMatch(/-----> (Supplying|Finalizing)/);

  await place.succeed(['delete', place.app]);
  expect(await place.containers()).toEqual([]);
});

test('of two watches that go on at the same time one does, and the other begins from nothing', async ({
  place,
}) => {
  const watched = await EditedPlace.in(place);
  await watchOnce(watched, '--keep-snapshots');
  const [kept] = await place.containers();
  const both = [1, 2].map(() => place.start(watched.args('--keep-snapshots')));
  // The one that has served longer gives way.
  const ends = both.map(async (watch) => await watch.ended);
  await Promise.race(ends);
  const [rest, ...none] = both.filter(({ isLive }) => isLive);
  expect(none).toEqual([]);
  expect(await greeting((await rest?.url()) ?? '')).toBe('one');
  await rest?.end();
  expect(await Promise.all(ends)).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
  const count = (text: string) => both.filter(({ output }) => output.includes(text)).length;
  expect(count('Goes on from the last watch')).toBe(1);
  expect(count('-----> Supplying')).toBe(1);
  expect(count(`\nThe staging container is kept`)).toBe(2);
  expect(await place.containers()).toHaveLength(1);

  const after = await watchOnce(watched, '--keep-snapshots');
  expect(after).toContain('Goes on from the last watch: nothing changed');
  expect(kept).toBeDefined();
  await place.succeed(['delete', place.app]);
  expect(await place.containers()).toEqual([]);
});

test('what was left and is gone or damaged is told, and all is made anew', async ({ place }) => {
  const watched = await EditedPlace.in(place);
  await watchOnce(watched, '--keep-snapshots');
  for (const { id, name } of await place.containers()) await engine.container(id, name).remove();
  const anew = await watchOnce(watched, '--keep-snapshots');
  expect(anew).toContain('The snapshots of the last watch are not used: their container is gone');
  expect(anew).toContain('-----> Supplying');
  expect(await place.containers()).toHaveLength(1);

  await place.succeed(['clean']);
  expect(await place.containers()).toEqual([]);
  const cleaned = await watchOnce(watched, '--keep-snapshots');
  expect(cleaned).not.toContain('the last watch are');
  expect(cleaned).toContain('-----> Supplying');

  const { keptState } = appFiles(homeAt(place.home), place.app);
  writeFileSync(keptState, readFileSync(keptState, 'utf8').slice(0, -100));
  const damaged = await watchOnce(watched);
  expect(damaged).toContain('The snapshots of the last watch are not used: their record is damaged');
  expect(damaged).toContain('-----> Supplying');
  expect(await place.containers()).toEqual([]);
});
