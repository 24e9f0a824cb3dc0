import { readdirSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { sweepDroplets, sweepFiles } from '../../../src/app/sweep-files.ts';
import { homeAt } from '../../../src/host/home.ts';
import { makeTempDir } from '../../../src/host/temp-dir.ts';
import { temporaryTag } from '../../../src/host/temporary-name.ts';
import { put, tempDir } from '../host/host-fixtures.ts';

afterEach(() => void vi.unstubAllEnvs());

/** The tag of a process that has ended. */
function deadTag(): string {
  return temporaryTag().replace(`-${process.pid}-`, '-999999999-');
}

test('what a dead process was writing goes, what a living one writes stays', async () => {
  const root = tempDir();
  vi.stubEnv('TMPDIR', tempDir());
  const [dead, alive] = [`.app.json${deadTag()}.tmp`, `.app.json${temporaryTag()}.tmp`];
  put(join(root, 'apps/one', dead), 'half');
  put(join(root, 'apps/one', alive), 'half');
  put(join(root, 'apps/one/app.json'), '{}');
  put(join(root, 'downloads', `.download${deadTag()}.part`), 'half');
  put(join(root, 'sessions.lock'), '999999999 1 abc');
  put(join(root, 'router.lock'), `${process.pid} `);
  await using clone = await makeTempDir('git');
  put(join(clone.path, '..', `cfstage-git${deadTag()}`, 'HEAD'), 'ref');
  put(join(clone.path, '..', `somebody-else${deadTag()}`), '');

  const removed = await sweepFiles({ home: homeAt(root) });
  expect(removed.map((path) => basename(path).replace(/-[0-9a-f]{8}-.*/, '')).sort()).toEqual([
    '.app.json',
    '.download',
    'cfstage-git',
  ]);
  expect(readdirSync(join(root, 'apps/one')).sort()).toEqual([alive, 'app.json'].sort());
  expect(readdirSync(root).sort()).toEqual(['apps', 'downloads', 'router.lock']);
  expect(readdirSync(join(clone.path, '..'))).toHaveLength(2);
});

test('sockets at which nobody listens go', async () => {
  const root = tempDir({ 'sessions/x': null });
  vi.stubEnv('TMPDIR', tempDir());
  const [live, stale] = [join(root, 'sessions/live.sock'), join(root, 'sessions/stale.sock')];
  const server = createServer().listen(live);
  const other = createServer().listen(join(root, 'moved.sock'));
  onTestFinished(() => void server.close());
  await Promise.all([once(server, 'listening'), once(other, 'listening')]);
  renameSync(join(root, 'moved.sock'), stale);
  other.close();
  await once(other, 'close');
  expect(await sweepFiles({ home: homeAt(root) })).toEqual([stale]);
});

test('droplets that never became current go, unless their app is being staged', async () => {
  const current = JSON.stringify({ name: 'one', droplet: { buildGuid: 'good' } });
  const root = tempDir({
    'apps/one/app.json': current,
    'apps/one/droplet-good.tar': '',
    'apps/one/droplet-other.tar': '',
    'apps/two/droplet-first.tar': '',
    'apps/three/droplet-first.tar': '',
  });
  const staging = { id: 'x', kind: 'staging', app: 'three', owner: '', socket: '', services: [] } as const;
  const removed = await sweepDroplets({ home: homeAt(root) }, [staging]);
  expect([...removed].sort()).toEqual([
    join(root, 'apps/one/droplet-other.tar'),
    join(root, 'apps/two/droplet-first.tar'),
  ]);
});
