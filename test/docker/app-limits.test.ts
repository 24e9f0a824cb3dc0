import { expect } from 'vitest';
import { HELLO_WEB, test } from './support/workplace.ts';

const COUNTS = [
  'echo "nofile $(ulimit -n) $(ulimit -Hn)"',
  'echo "pids $(cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null)"',
  'echo "memory $(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null)"',
].join('; ');

test('an app has the limits of a cell', async ({ place }) => {
  const command = `${COUNTS}; exec perl server.pl`;
  const push = await place.pushHelloWeb('--start-command', command, '-m', '96M');
  const { stdout } = await push.end();
  expect(stdout).toContain('[APP/PROC/WEB/0] OUT nofile 16384 16384\n');
  expect(stdout).toContain('[APP/PROC/WEB/0] OUT pids 1024\n');
  expect(stdout).toContain(`[APP/PROC/WEB/0] OUT memory ${96 * 1024 * 1024}\n`);
});

test('an app that takes more memory than it has is ended, in the words of a cell', async ({ place }) => {
  const greedy = `perl server.pl & sleep 1; exec perl -e 'my @all; push @all, "x" x 1e6 while 1'`;
  const flags = ['--start-command', greedy, '-m', '64M', '--no-restart', '--health-check-type', 'process'];
  const { exitCode, stdout, stderr } = await place.run(['push', place.app, ...HELLO_WEB, ...flags]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('[APP/PROC/WEB/0] OUT Exit status 137 (out of memory)\n');
  expect(stdout).toContain('"exit_description"=>"APP/PROC/WEB: Exited with status 137 (out of memory)"');
  expect(stderr).toContain(`App ${place.app} crashed: APP/PROC/WEB: Exited with status 137 (out of memory)`);
  expect(stderr).toMatch(/^FAILED \(APP_CRASHED\)$/m);
});

test('an app that writes more than its disk cannot go on', async ({ place }) => {
  const push = await place.pushHelloWeb('--no-restart', '-k', '64M');
  // Where the storage driver has quotas the write fails instead, and the app goes on.
  const dd = await place.run([
    'ssh',
    place.app,
    '-c',
    'dd if=/dev/zero of=/home/vcap/app/big bs=1M count=100',
  ]);
  if (dd.exitCode !== 0 && dd.stderr.includes('Disk quota exceeded')) {
    expect(await push.end()).toMatchObject({ exitCode: 0 });
    return;
  }
  const { exitCode, stdout, stderr } = await push.ended;
  expect(exitCode).toBe(1);
  expect(stdout).toContain('[CELL/0] ERR Disk quota exceeded: more than 64M written\n');
  expect(stderr).toContain(`App ${place.app} crashed: Disk quota exceeded: more than 64M written`);
});
