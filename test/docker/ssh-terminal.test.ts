import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Running } from './support/running.ts';
import { pushTcpHabits, sessionProcesses, SOON } from './support/ssh-places.ts';
import { Terminal } from './support/terminal.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

const SIZE = { columns: 101, rows: 37 };
const PROMPT = /vcap@[^$]*\$ /;

let place: Workplace;
let push: Running;

beforeAll(async () => {
  place = await openWorkplace();
  push = await pushTcpHabits(place);
});

afterAll(async () => {
  await push.end();
  await place.close();
});

async function openShell(): Promise<Terminal> {
  const terminal = new Terminal(place, ['ssh', place.app], SIZE);
  try {
    await terminal.shows(PROMPT);
    return terminal;
  } catch (error) {
    await terminal[Symbol.asyncDispose]();
    throw error;
  }
}

describe('a shell on a terminal', () => {
  it("has the terminal's type and size, follows its size, and gives it back as it was", async () => {
    await using terminal = await openShell();
    expect(await terminal.isRaw()).toBe(true);
    terminal.type('echo "$TERM $(stty size)"\r');
    await terminal.shows(/^screen-256color 37 101\r\n/m);
    // stty sets one after the other, so there may be a size between the two.
    const tellsNewSize = [
      '$| = 1',
      '$SIG{WINCH} = sub { my $size = `stty size`; print $size; exit if $size eq "22 55\\n" }',
      'print "wai", "ting\\n"',
      'select undef, undef, undef, 0.1 while 1',
    ];
    terminal.type(`perl -e '${tellsNewSize.join('; ')}'\r`);
    await terminal.shows(/^waiting/m);
    const from = terminal.output.length;
    await terminal.resize({ columns: 55, rows: 22 });
    await terminal.shows(/^22 55\r\n/m, from);
    await terminal.shows(PROMPT, from);
    terminal.type('exit 7\r');
    expect(await terminal.ended).toEqual({ exitCode: 7, isRestored: true });
  });

  it('gets Ctrl-C and Ctrl-D as keys', async () => {
    await using terminal = await openShell();
    terminal.type('sleep 4545\r');
    await expect.poll(() => sessionProcesses(place), SOON).toContain('sleep 4545');
    const from = terminal.output.length;
    terminal.type('\x03');
    await terminal.shows(/\^C/, from);
    // Sooner, the terminal would still be that of sleep, and Ctrl-D none of the shell's keys.
    await terminal.shows(PROMPT, from);
    terminal.type('\x04');
    expect(await terminal.ended).toEqual({ exitCode: 130, isRestored: true });
  });

  it.each([
    { signal: 'SIGINT', exitCode: 130 },
    { signal: 'SIGTERM', exitCode: 143 },
    { signal: 'SIGHUP', exitCode: 129 },
  ] as const)('$signal from outside ends it and gives the terminal back', async ({ signal, exitCode }) => {
    await using terminal = await openShell();
    terminal.type('sleep 4646 & sleep 4747\r');
    await expect.poll(() => sessionProcesses(place), SOON).toContain('sleep 4747');
    await terminal.kill(signal);
    expect(await terminal.ended).toEqual({ exitCode, isRestored: true });
    await expect.poll(() => sessionProcesses(place), SOON).toEqual([]);
  });

  it('leaves nothing in the container when cfstage is killed', async () => {
    await using terminal = await openShell();
    await terminal.kill('SIGKILL');
    expect((await terminal.ended).exitCode).toBe(137);
    await expect.poll(() => sessionProcesses(place), SOON).toEqual([]);
  });
});

// Source: cli integration/v7/isolated/ssh_command_test.go, TTY Options.
describe.each([
  { flags: [], shell: true, command: false, forced: false },
  { flags: ['-T'], shell: false, command: false, forced: false },
  { flags: ['--disable-pseudo-tty'], shell: false, command: false, forced: false },
  { flags: ['-t'], shell: true, command: true, forced: false },
  { flags: ['--request-pseudo-tty'], shell: true, command: true, forced: false },
  { flags: ['-tt'], shell: true, command: true, forced: true },
  { flags: ['--force-pseudo-tty'], shell: true, command: true, forced: true },
])('with $flags', ({ flags, shell, command, forced }) => {
  const tells = (isTerminal: boolean) => (isTerminal ? /^\/dev\/pts\/\d+\s*$/m : /^not a tty\s*$/m);

  it(`a shell ${shell ? 'has' : 'has no'} terminal where there is one here`, async () => {
    await using terminal = new Terminal(place, ['ssh', place.app, ...flags], SIZE);
    if (shell) await terminal.shows(PROMPT);
    else await terminal.shows(/^pid=/m);
    terminal.type('tty; exit 5\n');
    expect(await terminal.ended).toEqual({ exitCode: 5, isRestored: true });
    expect(terminal.output).toMatch(tells(shell));
  });

  it(`a command ${command ? 'has' : 'has no'} terminal where there is one here`, async () => {
    await using terminal = new Terminal(place, ['ssh', place.app, ...flags, '-c', 'tty; exit 5'], SIZE);
    expect(await terminal.ended).toEqual({ exitCode: 5, isRestored: true });
    expect(terminal.output).toMatch(tells(command));
  });

  it(`neither ${forced ? 'lacks' : 'has'} one where there is none here`, async () => {
    const input = { stdin: 'pipe', input: 'tty\nexit 5\n' } as const;
    const ends = await Promise.all([
      place.run(['ssh', place.app, ...flags], input),
      place.run(['ssh', place.app, ...flags, '-c', 'tty; exit 5']),
    ]);
    for (const { exitCode, stdout } of ends) {
      expect(exitCode).toBe(5);
      expect(stdout).toMatch(tells(forced));
    }
  });
});

it('a terminal without one here has the type and size that cf gives it', async () => {
  const ended = await place.succeed(['ssh', place.app, '-tt', '-c', 'echo $TERM $(stty size)'], {
    env: { TERM: '' },
  });
  expect(ended.stdout).toBe('xterm 43 80');
});

it.each([
  { flags: ['-t', '-T'] },
  { flags: ['-tt', '--disable-pseudo-tty'] },
  { flags: ['--request-pseudo-tty', '--force-pseudo-tty'] },
])('$flags exclude each other', async ({ flags }) => {
  const { exitCode, stderr } = await place.run(['ssh', place.app, ...flags]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    'Incorrect Usage: The following arguments cannot be used together: --disable-pseudo-tty, -T, --force-pseudo-tty, --request-pseudo-tty, -t\n',
  );
});
