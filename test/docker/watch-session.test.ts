import { rm } from 'node:fs/promises';
import { expect } from 'vitest';
import { DockerContents } from './support/docker-contents.ts';
import { answerOf, applied, WatchedPlace } from './support/watched-place.ts';
import { test } from './support/workplace.ts';

/** For machines that are busy. */
const PATIENT = { timeout: 30_000 };

test('each kind of change redoes what it reaches, and the app in the prepared container is the whole droplet', async ({
  place,
}) => {
  const watched = await WatchedPlace.make(place);
  await using session = await watched.open();
  expect(session.last).toMatchObject({ kind: 'done' });
  expect(watched.phases()).toEqual(['supply', 'finalize', 'release']);
  const { url } = session;
  expect(await answerOf(session, 'made/finalized')).toBe('first\n');

  await watched.finalize('second');
  expect(await applied(session)).toMatchObject({
    kind: 'done',
    redo: 'redo',
    reason: expect.stringMatching(/^bin\/finalize of \S*finalizes changed: from finalize/) as string,
  });
  expect(watched.phases()).toEqual(['finalize', 'release']);
  expect(await answerOf(session, 'made/finalized')).toBe('second\n');

  await watched.write('supplies/greeting', 'two');
  expect(await applied(session)).toMatchObject({ kind: 'done', redo: 'redo' });
  expect(watched.phases()).toEqual(['supply', 'finalize', 'release']);
  expect(await answerOf(session, 'supplied')).toBe('two');

  await watched.write('app/more/deeper', 'new');
  await rm(watched.path('app/text'));
  expect(await applied(session)).toMatchObject({ kind: 'done', redo: 'redo' });
  expect(watched.phases()).toEqual(['supply', 'finalize', 'release']);
  expect(await answerOf(session, 'more/deeper')).toBe('new');
  expect(await answerOf(session, 'text')).toBe('');

  // A directory takes the place of a file, and the other way round.
  await rm(watched.path('app/more'), { recursive: true });
  await watched.write('app/more', 'a file now');
  await watched.write('app/text/below', 'a directory now');
  expect(await applied(session)).toMatchObject({ kind: 'done', redo: 'redo' });
  watched.phases();
  expect(await answerOf(session, 'more')).toBe('a file now');
  const contents = new DockerContents(place, session);
  expect(await contents.ofApp()).toEqual(await contents.ofStoredDroplet());

  await watched.manifest({ command: 'WHO=command exec perl server.pl' });
  const before = contents.containerId;
  expect(await applied(session)).toMatchObject({ kind: 'done', redo: 'restart' });
  expect(await answerOf(session, 'env/WHO')).toBe('command');
  expect(contents.containerId).not.toBe(before);

  const kept = contents.containerId;
  await watched.manifest({
    command: 'WHO=command exec perl server.pl',
    routes: [{ route: `other-${place.app}.localhost` }],
  });
  expect(await applied(session)).toMatchObject({ kind: 'done', redo: 'routes' });
  expect(session.status().routes).toEqual([expect.stringContaining(`other-${place.app}.localhost`)]);
  expect(contents.containerId).toBe(kept);

  await watched.manifest({
    ...{ command: 'WHO=command exec perl server.pl', instances: 2 },
    routes: [{ route: `other-${place.app}.localhost` }],
  });
  expect(await applied(session)).toMatchObject({ kind: 'done', redo: 'scale' });
  expect(contents.containerId).toBe(kept);

  expect(await applied(session)).toMatchObject({ kind: 'done', redo: 'nothing' });
  expect(contents.containerId).toBe(kept);
  expect(watched.phases()).toEqual([]);
  expect(session.url).toBe(url);
});

test('what fails leaves the last good app serving, and tells where', async ({ place }) => {
  const watched = await WatchedPlace.make(place);
  {
    await using session = await watched.open();
    await watched.finalize('broken', 'echo it broke >&2; exit 7');
    expect(await applied(session)).toMatchObject({
      kind: 'failed',
      error: { code: 'BUILDPACK_COMPILE_FAILED' },
      failed: { phase: 'finalize', exitCode: 7 },
    });
    expect(session.failed?.argv.join(' ')).toMatch(/bin\/finalize \/tmp\/app /);
    expect((await place.containers()).map(({ id }) => id)).toContain(session.failed?.container.id);
    expect(await answerOf(session, 'made/finalized')).toBe('first\n');
    expect(watched.memory.events.at(-1)).toMatchObject({ type: 'redo-failed', serving: true });
    watched.phases();

    expect(await session.rerunFailed(new AbortController().signal)).toMatchObject({ kind: 'failed' });
    expect(watched.phases()).toEqual(['finalize']);

    // Settings do not wait for the buildpack to be mended.
    await watched.manifest({ command: 'WHO=mended exec perl server.pl' });
    expect(await applied(session)).toMatchObject({ redo: 'restart' });
    expect(await answerOf(session, 'env/WHO')).toBe('mended');
    expect(await answerOf(session, 'made/finalized')).toBe('first\n');

    await watched.write('manifest.yml', 'applications:\n- name: [half');
    expect(await applied(session)).toMatchObject({ kind: 'failed', error: { code: 'MANIFEST_INVALID' } });
    expect(await answerOf(session, 'made/finalized')).toBe('first\n');

    await rm(watched.path('manifest.yml'));
    expect(await applied(session)).toMatchObject({ kind: 'failed', error: { code: 'MANIFEST_NOT_FOUND' } });
    expect(session.watched.map(({ path }) => path)).toContain(watched.path('app'));
    expect(session.watched.map(({ path }) => path)).not.toContain(place.root);

    await watched.manifest({ command: 'exit 3' });
    await watched.finalize('mended');
    expect(await applied(session)).toMatchObject({ kind: 'failed', error: { code: 'APP_CRASHED' } });
    expect(await answerOf(session, 'env/WHO')).toBe('mended');

    await watched.manifest({});
    expect(await applied(session)).toMatchObject({ kind: 'done' });
    expect(await answerOf(session, 'made/finalized')).toBe('mended\n');
    expect(session.failed).toBeUndefined();
    const timing = watched.memory.events.findLast((event) => event.type === 'redone')?.timing;
    expect(timing?.totalMs).toBeGreaterThan(0);
  }
  // The droplet is in the state folder for what comes after.
  expect(await place.succeed(['run-task', place.app, '--command', 'cat made/finalized'])).toMatchObject({
    stdout: expect.stringContaining('mended') as string,
  });
});

test('a newer change ends what an older one has begun', async ({ place }) => {
  const watched = await WatchedPlace.make(place);
  await using session = await watched.open();
  await watched.finalize('slow', 'echo it waits; sleep 600');
  const slow = applied(session);
  const waits = () => watched.memory.logs.some(({ message }) => message === 'it waits');
  await expect.poll(waits, PATIENT).toBe(true);
  await watched.finalize('quick');
  expect(await applied(session)).toMatchObject({ kind: 'done' });
  expect(await slow).toEqual({ kind: 'superseded' });
  expect(await answerOf(session, 'made/finalized')).toBe('quick\n');

  const both = [applied(session), applied(session)];
  await watched.finalize('last');
  const after = applied(session);
  expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['superseded', 'superseded']);
  expect(await after).toMatchObject({ kind: 'done' });
  expect(await answerOf(session, 'made/finalized')).toBe('last\n');
});

test('a first staging that fails is no end: the app comes when it is mended', async ({ place }) => {
  const watched = await WatchedPlace.make(place);
  await watched.finalize('broken', 'exit 7');
  await using session = await watched.open();
  expect(session.last).toMatchObject({ kind: 'failed', failed: { phase: 'finalize' } });
  expect(session.url).toBe('');
  await watched.finalize('mended');
  expect(await applied(session)).toMatchObject({ kind: 'done', redo: 'redo' });
  expect(await answerOf(session, 'made/finalized')).toBe('mended\n');
  await watched.write(
    'finalizes/bin/release',
    `#!/usr/bin/env bash\necho 'default_process_types: {}'\n`,
    0o755,
  );
  expect(await session.restage(new AbortController().signal)).toMatchObject({
    kind: 'failed',
    error: { code: 'START_COMMAND_MISSING' },
  });
  expect(await answerOf(session, 'made/finalized')).toBe('mended\n');
});

test('a script that could not be started is named when it is mended', async ({ place }) => {
  const watched = await WatchedPlace.make(place);
  await watched.write('finalizes/bin/finalize', '#!/usr/bin/env bash\r\necho x\r\n', 0o755);
  await using session = await watched.open();
  expect(session.last).toMatchObject({ kind: 'failed', failed: { phase: 'finalize', exitCode: 126 } });
  await watched.finalize('mended');
  expect(await applied(session)).toMatchObject({
    reason: expect.stringMatching(/^bin\/finalize of \S*finalizes changed: from finalize/) as string,
  });
  expect(await answerOf(session, 'made/finalized')).toBe('mended\n');
});
