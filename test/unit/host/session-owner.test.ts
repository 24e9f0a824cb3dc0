import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { currentOwner, isRunning, ownerState } from '../../../src/host/session-owner.ts';

it('finds itself alive', async () => {
  const owner = await currentOwner();
  expect(owner).toMatch(new RegExp(`^${hostname()} ${process.pid} \\S+$`));
  expect(await currentOwner()).toBe(owner);
  expect(await ownerState(owner)).toBe('alive');
});

it('finds a process that ended dead', async () => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(await ownerState(`${hostname()} ${child.pid ?? 0} 12345`)).toBe('dead');
});

const linux = process.platform === 'linux';

it.runIf(linux)('finds a process dead that nobody has taken away', { timeout: 30_000 }, async () => {
  // A shell that becomes a program that never asks for its children. What a shell puts in the background reads
  // /dev/null, `<&0` or not: were cat to end before sleep begins, the shell could still take it away.
  const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & echo $!; exec sleep 60'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const name = () => readFileSync(`/proc/${parent.pid ?? 0}/comm`, 'utf8');
  await expect.poll(name, { timeout: 10_000 }).toBe('sleep\n');
  parent.stdin.end();
  const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8');
  await expect.poll(stat, { timeout: 10_000 }).toMatch(/^\d+ \(cat\) Z /);
  const start = stat().split(' ')[21];
  expect(await ownerState(`${hostname()} ${pid} ${start ?? ''}`)).toBe('dead');
  expect(await isRunning(pid)).toBe(false);
});

it.each([
  { name: 'another process that got the pid later', owner: `${hostname()} ${process.pid} 1`, state: 'dead' },
  { name: 'no process at all', owner: `${hostname()} nonsense 1`, state: 'dead' },
  { name: 'a process of another machine', owner: `not-${hostname()} ${process.pid} 1`, state: 'elsewhere' },
  { name: 'an empty label', owner: '', state: 'elsewhere' },
])('tells $name from itself', async ({ owner, state }) => {
  expect(await ownerState(owner)).toBe(state);
});
