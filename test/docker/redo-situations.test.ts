import { readTar } from '../../src/archive/read-tar.ts';
import { expect } from 'vitest';
import { openOddLab } from './support/odd-lab.ts';
import { recordedBuildpack } from './support/paths.ts';
import { RedoLab } from './support/redo-lab.ts';
import { test } from './support/workplace.ts';

const { signal } = new AbortController();

test('what detection chooses is redone from where it chose', async ({ place }) => {
  const names = ['never-detects', 'detects-marker', 'legacy-compile'];
  await using lab = await RedoLab.open(place, { buildpacks: names, detect: true });
  for (const name of names) await lab.take(recordedBuildpack(name), name);
  await lab.write('app/marker.txt', 'marker\n');
  const check = async (reason: string) => {
    const [redone, nothing] = await Promise.all([lab.redo(), lab.fromNothing()]);
    expect.soft(redone.redo.reason).toBe(reason);
    expect(redone.outcome, reason).toEqual(nothing);
    return redone;
  };
  await check('first');
  await lab.edit('detects-marker/bin/finalize', (text) => `${text}echo more >"$1/more"\n`);
  await check('bin/finalize of detects-marker changed: from finalize of detects-marker');
  await lab.edit('detects-marker/bin/detect', (text) => text.replace('marker 2.0', 'marker 3.0'));
  const chosen = await check('bin/detect of detects-marker changed: from detect of detects-marker');
  expect(chosen.outcome.result).toContain('marker 3.0');
  // Another one is chosen, of the older kind.
  await lab.remove('app/marker.txt');
  await lab.write('app/legacy.txt', 'legacy\n');
  await check('legacy.txt and 1 more of the app added: from detect of never-detects');
  await lab.edit('legacy-compile/bin/compile', (text) => `${text}echo more >"$1/more"\n`);
  await check('bin/compile of legacy-compile changed: from compile of legacy-compile');
  await lab.remove('app/legacy.txt');
  await lab.write('app/none.txt', 'none\n');
  const none = await check('legacy.txt and 1 more of the app removed: from detect of never-detects');
  expect(none.outcome.failure).toMatchObject({ kind: 'NoAppDetected' });
});

test('a failed script can be run by hand, and again', async ({ place }) => {
  await using lab = await openOddLab(place);
  await lab.write('app/refuse-finalize', '');
  const { staged } = await lab.redo();
  if (staged?.failure === undefined) throw new Error('It did not fail');
  expect(staged.failedPhase).toMatchObject({
    phase: 'finalize',
    buildpack: 'undoes-its-supply',
    exitCode: 9,
  });
  expect(staged.failedPhase?.argv[0]).toMatch(/^\/tmp\/buildpacks\/[0-9a-f]{16}\/bin\/finalize$/);
  expect(staged.failedPhase?.env['CF_STACK']).toBe('cflinuxfs4');
  const { plan, inputs } = await lab.prepare();
  const from = staged.failedPhase?.step ?? 0;
  const again = await lab.staging.stage(plan, inputs, undefined, from, signal);
  expect(again.failure).toEqual(staged.failure);
  expect(again.records.map(({ phase }) => phase)).toEqual(['supply', 'supply', 'supply', 'finalize']);
});

test('after an interruption the redo begins at the script that was at work', async ({ place }) => {
  await using lab = await openOddLab(place);
  await lab.redo();
  const finalize = 'undoes-its-supply/bin/finalize';
  await lab.edit(finalize, (text) => text.replace('set -e\n', 'set -e\n: >"$3/half"; sleep 600 &\nwait\n'));
  const { plan, inputs } = await lab.prepare();
  const interrupt = new AbortController();
  const container = lab.staging.container;
  const staging = lab.staging.stage(plan, inputs, undefined, 3, interrupt.signal);
  await expect.poll(() => container?.exists(`${plan.contentsDir}/deps/half`), { timeout: 20_000 }).toBe(true);
  interrupt.abort();
  await expect(staging).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(lab.staging.last).toMatchObject({ complete: false, points: [0, 1, 2, 3] });
  await lab.edit(finalize, (text) => text.replace(': >"$3/half"; sleep 600 &\nwait\n', ''));
  const [redone, nothing] = await Promise.all([lab.redo(), lab.fromNothing()]);
  expect(redone.redo).toMatchObject({ kind: 'redo', from: 3 });
  expect(redone.outcome).toEqual(nothing);
  expect(lab.staging.container).toBe(container);
});

test('nothing is redone from behind a process that goes on, and it is said once', async ({ place }) => {
  await using lab = await openOddLab(place);
  await lab.write('app/daemon', '');
  for (const version of ['second\n', 'third\n']) {
    await lab.redo();
    await lab.write('undoes-its-supply/lib/only-finalize', version);
  }
  const [redone, nothing] = await Promise.all([lab.redo(), lab.fromNothing()]);
  expect(redone.redo).toMatchObject({
    from: 0,
    reason: 'lib/only-finalize of undoes-its-supply changed: from supply of leaves-odd-files',
  });
  expect(redone.outcome).toEqual(nothing);
  const warnings = lab.memory.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  expect(warnings).toEqual([
    'supply of leaves-odd-files leaves processes running: what comes after it is redone from there',
  ]);
});

test('tokens tell what of a droplet is another one, and only that can be had', async ({ place }) => {
  await using lab = await openOddLab(place);
  const first = await lab.redo();
  await lab.write('undoes-its-supply/lib/only-finalize', 'second\n');
  const second = await lab.redo();
  if (first.staged?.failure !== undefined || second.staged?.failure !== undefined)
    throw new Error('It failed');
  const [before, after] = [first.staged?.entries, second.staged?.entries];
  if (before === undefined || after === undefined) throw new Error('Nothing was redone');
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  const changed = [...after].filter(
    ([path, { token, type }]) => type !== 'directory' && before.get(path)?.token !== token,
  );
  const paths = changed.map(([path]) => path);
  expect(paths).toContain('deps/2/only-finalize');
  // What supply made, and what finalize only renames the directory of, is the same.
  expect(paths).not.toContain('deps/0/lib/one');
  expect(paths).not.toContain('deps/2/stays/settings');
  const members: string[] = [];
  const part = await second.staged?.openPart([...paths, 'staging_info.yml'], signal);
  if (part === undefined) throw new Error('There is no part');
  for await (const member of readTar(part)) members.push(member.path);
  expect(members.sort()).toEqual([...paths, 'staging_info.yml'].sort());
});
