import { expect } from 'vitest';
import { stageApp } from '../../src/app/stage-app.ts';
import { openWorkbench } from '../../src/app/workbench.ts';
import { pushRequest } from '../../src/app/request.ts';
import { emitTo } from '../../src/logs/emitter.ts';
import { MemorySink } from '../../src/logs/memory-sink.ts';
import { buildpack } from './support/paths.ts';
import { test } from './support/workplace.ts';

test('a staging tells of each script what it changed, where that is asked', async ({ place }) => {
  await place.write('app/app.txt', 'app\n');
  await place.write('app/public/index.html', 'hello\n');
  const memory = new MemorySink();
  const workbench = await openWorkbench(process.env, place.home, emitTo([memory]));
  const request = pushRequest({
    cwd: place.root,
    appName: place.app,
    path: 'app',
    overrides: { buildpacks: [buildpack('leaves-odd-files'), buildpack('undoes-its-supply')] },
    stackPolicy: 'stand-in',
    recordChanges: true,
  });
  await stageApp(request, workbench, new AbortController().signal);
  const records = memory.events.flatMap((event) => (event.type === 'phase-recorded' ? [event.record] : []));
  expect(records.map(({ phase, exitCode }) => [phase, exitCode])).toEqual([
    ['supply', 0],
    ['supply', 0],
    ['finalize', 0],
    ['release', 0],
  ]);
  const [odd, supply, finalize, release] = records.map(({ changes }) => ({
    lines: changes.map(({ tree, path, change }) => `${change} ${tree} ${path}`),
    changes,
  }));
  expect(odd?.changes).toContainEqual({
    tree: 'deps',
    path: '0/modes/setuid',
    change: 'added',
    after: { type: 'file', mode: 0o4711, uid: 2000, gid: 2000, size: 0 },
  });
  expect(odd?.lines).toContain('changed elsewhere /home/vcap/.profile');
  expect(odd?.lines).toContain('added deps 0/lib/line\nbreak * and \\ "quote"');
  expect(supply?.lines).toEqual([
    'added app made-by-supply',
    expect.stringMatching(/^added cache final\/runs$/),
    'added deps 1/made',
    'added deps 1/made/deep',
    'added deps 1/made/deep/er',
    'added deps 1/made/deep/er/three',
    'added deps 1/made/deep/two',
    'added deps 1/made/one',
    'added deps 1/stays',
    'added deps 1/stays/lines-of-release',
    'added deps 1/stays/settings',
  ]);
  expect(finalize?.lines).toContain('removed app made-by-supply');
  expect(finalize?.lines).toContain('removed elsewhere /tmp/left/closed/file');
  expect(finalize?.changes.find(({ path }) => path === '1/made')).toMatchObject({
    change: 'changed',
    before: { type: 'directory' },
    after: { type: 'symlink', target: 'one-moved' },
  });
  expect(finalize?.changes.find(({ tree, path }) => tree === 'app' && path === 'app.txt')).toMatchObject({
    before: { size: 4 },
    after: { size: 26, mode: 0o600 },
  });
  expect(release?.lines).toEqual([]);
});
