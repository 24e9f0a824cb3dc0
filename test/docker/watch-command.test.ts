import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execa } from 'execa';
import { CFSTAGE } from './support/paths.ts';
import type { Running } from './support/running.ts';
import { greeting, REDONE, EditedPlace } from './support/edited-place.ts';
import { openWorkplace, STAND_IN, test, type Workplace } from './support/workplace.ts';

describe('an edit', () => {
  let place: Workplace;
  let watched: EditedPlace;
  let watch: Running;
  let url: string;

  beforeAll(async () => {
    place = await openWorkplace();
    watched = await EditedPlace.in(place);
    watch = await watched.start('--diff', '--ignore', 'notes');
    url = await watch.url();
  });

  afterAll(async () => {
    const ended = await watch.end();
    expect(ended.exitCode).toBe(0);
    await place.close();
  });

  /** Edits and waits for the end of the redo; answers what was said meanwhile. */
  const redo = async (path: string, from: string, to: string) => {
    const before = watch.position;
    watched.edit(path, from, to);
    await watch.says(REDONE, before);
    return watch.since(before);
  };

  it('of bin/finalize is answered by the app, with one line of what is redone, times and changes', async () => {
    expect(await greeting(url)).toBe('one');
    const said = await redo('bp/bin/finalize', '=one', '=two');
    expect(await greeting(url)).toBe('two');
    expect(said).toMatch(/^bin\/finalize of bp changed: from finalize$/m);
    expect(said).toMatch(/^bin\/finalize of \.\/bp +\d+\.\d\d s$/m);
    expect(said).toMatch(/^cfstage +\d+\.\d\d s$/m);
    expect(said).not.toContain('-----> Supplying');
    await watch.says(/\+ app .*\.profile\.d\/greeting\.sh/);
    await watch.says('+export GREETING=two');
  });

  it('that fails keeps the app, and says which phase, its exit status and the way in', async () => {
    const said = await redo(
      'bp/bin/finalize',
      "echo '-----> Finalizing'",
      "echo '-----> Finalizing'; exit 7",
    );
    expect(said).toContain('bin/finalize of ./bp ended with exit status 7. It was run as: /tmp/buildpacks/');
    expect(said).toContain(`cfstage ssh --staging ${place.app}`);
    expect(said).toContain(`App ${place.app} goes on as it was before.`);
    expect(said).toContain('FAILED (BUILDPACK_COMPILE_FAILED)');
    expect(await greeting(url)).toBe('two');
  });

  it('that failed can be looked into with ssh --staging, as the phase was run', async () => {
    const { stdout } = await place.succeed([
      ...['ssh', '--staging', place.app, '-c'],
      'id -un; pwd; echo "$CF_STACK $HOME"; ls /tmp/app/Procfile; cat /tmp/contents*/deps/0/../*/config.yml 2>&1 | head -1',
    ]);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'vcap',
      '/home/vcap',
      'cflinuxfs4 /home/vcap',
      '/tmp/app/Procfile',
    ]);
    const { exitCode } = await place.run(['ssh', '--staging', place.app, '-c', 'exit 9']);
    expect(exitCode).toBe(9);
    const { stderr } = await place.succeed(['ssh', '--staging', place.app], {
      input: 'true\n',
      stdin: 'pipe',
    });
    const line = /^(\/tmp\/buildpacks\/\w+\/bin\/finalize .*)$/m.exec(stderr)?.[1] ?? '';
    const again = await place.run(['ssh', '--staging', place.app, '-c', line]);
    expect(again).toMatchObject({ exitCode: 7, stdout: '-----> Finalizing' });
  });

  it('that mends it is redone from the phase that failed', async () => {
    const said = await redo('bp/bin/finalize', '; exit 7', '');
    expect(said).not.toContain('FAILED');
    expect(said).not.toContain('-----> Supplying');
    const { exitCode, stderr } = await place.run(['ssh', '--staging', place.app, '-c', 'true']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`No phase of the staging of app ${place.app} has failed`);
  });

  it('can be seen from another terminal with diff, whole or by phase', async () => {
    await redo(
      'bp/bin/supply',
      "echo '-----> Supplying'",
      'echo \'-----> Supplying\'; echo x >"$3/$4/x.txt"',
    );
    const { stdout } = await place.succeed(['diff', place.app]);
    expect(stdout).toMatch(/^bin\/supply of \.\/bp \(\d+\.\d\d s\): \d+ added/m);
    expect(stdout).toMatch(/^ {2}\+ deps +0\/x\.txt +2B\n +\+x$/m);
    expect(stdout).toMatch(/^The droplet, against the one before it: 1 added/m);
    const { stdout: json } = await place.succeed(['diff', place.app, 'finalize', '--json']);
    expect(JSON.parse(json)).toMatchObject({
      phases: [
        {
          phase: 'finalize',
          buildpack: './bp',
          exitCode: 0,
          changes: expect.arrayContaining([
            expect.objectContaining({
              tree: 'app',
              path: '.profile.d/greeting.sh',
              change: 'added',
              texts: { after: 'export GREETING=two\n' },
            }),
          ]) as unknown,
        },
      ],
    });
    const { exitCode, stderr } = await place.run(['diff', place.app, 'compile']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('These did: supply/./bp, finalize/./bp, release/./bp.');
  });

  it('of an app file is redone from the first phase, one that is ignored or of an editor is not', async () => {
    await place.write('app/notes', 'a');
    await place.write('bp/bin/.finalize.swp', 'swap');
    const said = await redo('app/Procfile', 'web: perl', 'web: exec perl');
    expect(said).toContain('-----> Supplying');
    expect(said.match(REDONE)).toHaveLength(1);
    await place.write('bp/bin/.finalize.swp', 'swap of another time');
    expect(await redo('bp/bin/finalize', '=two', '=three')).not.toContain('-----> Supplying');
    expect(await greeting(url)).toBe('three');
  });
});

test('an app that is not watched has no staging to look into', async ({ place }) => {
  for (const args of [
    ['ssh', '--staging', place.app],
    ['diff', place.app],
  ]) {
    const { exitCode, stderr } = await place.run(args);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`App '${place.app}' is not watched`) as string,
    });
  }
});

test('--json tells every step as an event, and SIGTERM ends it and leaves nothing', async ({ place }) => {
  const watched = await EditedPlace.in(place);
  const watch = await watched.start('--json');
  watched.edit('bp/bin/finalize', '=one', '=two');
  await watch.says('"type":"redone"');
  const { exitCode, stdout, stderr } = await watch.end('SIGTERM');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'redo',
      app: place.app,
      kind: 'redo',
      reason: 'bin/finalize of bp changed: from finalize',
    }),
  );
  expect(events.find(({ type }) => type === 'redone')).toMatchObject({
    timing: {
      phases: [{ phase: 'finalize' }, { phase: 'release' }],
      totalMs: expect.any(Number) as number,
      overheadMs: expect.any(Number) as number,
    },
  });
  expect(events.filter(({ type }) => type === 'phase-recorded')).toHaveLength(5);
});

test('a first staging that fails is watched as well, and comes up when it is mended', async ({ place }) => {
  const watched = await EditedPlace.in(place);
  watched.edit('bp/bin/supply', "echo '-----> Supplying'", "echo '-----> Supplying'; exit 3");
  const watch = await watched.start();
  await watch.says(`App ${place.app} does not run yet.`);
  watched.edit('bp/bin/supply', '; exit 3', '');
  expect(await greeting(await watch.url())).toBe('one');
  expect(await watch.end()).toMatchObject({ exitCode: 0 });
});

test('--on-change runs before an upload, its output is tagged, its failure stops that redo, and it does not trigger itself', async ({
  place,
}) => {
  const watched = await EditedPlace.in(place);
  await place.write('bp/src/greeting', 'one');
  const runs = join(place.root, 'runs');
  // Like a compiler: what it writes is in the buildpack's directory, and never the same.
  const command = `echo "building $(cat src/greeting)" && echo x >>'${runs}' && grep -v bad src/greeting >built.txt && date +%N >>built.txt`;
  const watch = await watched.start('--on-change', command);
  await watch.says(/\[ON-CHANGE\/BP\] OUT building one/);
  const count = () => readFileSync(runs, 'utf8').trim().split('\n').length;
  expect(count()).toBe(1);
  const before = watch.position;
  await place.write('bp/src/greeting', 'two');
  await watch.says(REDONE, before);
  expect(watch.since(before)).toContain('-----> Supplying');
  expect(count()).toBe(2);
  const failing = watch.position;
  await place.write('bp/src/greeting', 'bad');
  await watch.says(
    /The command of --on-change ended with exit status 1 in .*\/bp, so \.\/bp is not uploaded/,
  );
  await watch.says('FAILED (ON_CHANGE_FAILED)');
  expect(watch.since(failing)).not.toContain('-----> Supplying');
  const mended = watch.position;
  await place.write('bp/src/greeting', 'good');
  await watch.says(/from the change to the answer/, mended);
  const { stdout } = await place.succeed([...['ssh', place.app, '-c', 'head -1 deps/0/built.txt']]);
  expect(stdout).toBe('good');
  expect(count()).toBe(4);
  // A redo for what the command has written would have been told by now, before that of this change.
  const last = watch.position;
  watched.edit('app/Procfile', 'web: perl', 'web: exec perl');
  await watch.says(REDONE, last);
  expect(watch.since(last).match(/changed: /g)).toHaveLength(1);
  expect(count()).toBe(4);
  expect(await watch.end()).toMatchObject({ exitCode: 0 });
});

test('--persist keeps a directory from redo to redo and from watch to watch, owner and modes included', async ({
  place,
}) => {
  const watched = await EditedPlace.in(place);
  const kept = ['--persist', '/home/vcap/kept'];
  const first = await watched.start(...kept);
  await first.says('runs: 1');
  watched.edit(
    'bp/bin/supply',
    "echo '-----> Supplying'",
    'echo \'-----> Again\'; chmod 600 "$HOME/kept/runs"',
  );
  await first.says('runs: 2');
  expect(await first.end()).toMatchObject({ exitCode: 0 });
  watched.edit('bp/bin/supply', "echo '-----> Again'", 'stat -c "%U %a" "$HOME/kept/runs"');
  const second = await watched.start(...kept);
  await second.says('vcap 600');
  await second.says('runs: 3');
  expect(await second.end()).toMatchObject({ exitCode: 0 });
});

test.for([
  { how: 'by itself', more: [] },
  { how: 'with --keep-snapshots', more: ['--keep-snapshots'] },
])(
  '--persist $how outlives a watch that is killed, whoever removes what that has left',
  async ({ more }, { place }) => {
    const watched = await EditedPlace.in(place);
    const flags = ['--persist', '/home/vcap/kept', ...more];
    const first = await watched.start(...flags);
    await first.says('runs: 1');
    await first.end('SIGKILL');
    const second = await watched.start(...flags);
    await second.says('runs: 2');
    await second.end('SIGKILL');
    await place.succeed(['stage', place.app, ...STAND_IN, '-p', 'app', '-b', './bp', '-m', '64M']);
    const third = await watched.start(...flags);
    await third.says('runs: 3');
    await third.end();
    if (more.length > 0) {
      // One that goes on with what was kept, and is killed.
      watched.edit('bp/bin/supply', "echo '-----> Supplying'", "echo '-----> Again'");
      const fourth = await watched.start(...flags);
      await fourth.says('runs: 4');
      expect(fourth.output).toContain('Goes on from the last watch');
      await fourth.end('SIGKILL');
      const fifth = await watched.start(...flags);
      await fifth.says('runs: 5');
      await fifth.end();
    }
    await place.succeed(['delete', place.app]);
    expect(await place.containers()).toEqual([]);
  },
);

test('without --persist a redo begins as a staging from nothing does', async ({ place }) => {
  const watched = await EditedPlace.in(place);
  const watch = await watched.start();
  const before = watch.position;
  watched.edit('bp/bin/supply', "echo '-----> Supplying'", "echo '-----> Again'");
  await watch.says(REDONE, before);
  expect(watch.since(before)).toContain('runs: 1');
  await watch.end();
});

test('--persist of what belongs to the staging is refused', async ({ place }) => {
  const { exitCode, stderr } = await place.run(['watch', place.app, '--persist', '/tmp/app']);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--persist /tmp/app: ') as string,
  });
});

test("the kernel's limit of watches is told with what to do", async ({ place }) => {
  const watched = await EditedPlace.in(place);
  for (let i = 0; i < 50; i += 1) await place.write(`bp/many/${i}/file`, 'x');
  // A user namespace has limits of its own.
  const { exitCode, stderr } = await execa(
    'unshare',
    [
      ...['--user', '--map-root-user', 'sh', '-c'],
      'echo 20 >/proc/sys/user/max_inotify_watches && exec "$@"',
      ...['sh', process.execPath, CFSTAGE, ...watched.args()],
    ],
    {
      cwd: place.root,
      env: { CFSTAGE_HOME: place.home, TMPDIR: place.temp },
      reject: false,
      stdin: 'ignore',
    },
  );
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /'.*' cannot be watched: the kernel's limit fs\.inotify\.max_user_watches \(\d+\) is reached/,
  );
  expect(stderr).toMatch(/sudo sysctl fs\.inotify\.max_user_watches=\d+/);
  expect(stderr).toContain('FAILED (WATCH_LIMIT_REACHED)');
  expect(existsSync(join(place.home, 'apps'))).toBe(false);
});
