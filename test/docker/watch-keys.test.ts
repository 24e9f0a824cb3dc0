import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CFSTAGE } from './support/paths.ts';
import { EditedPlace, greeting, REDONE } from './support/edited-place.ts';
import { Terminal } from './support/terminal.ts';
import { test } from './support/workplace.ts';

const SIZE = { columns: 120, rows: 40 };
const PROMPT = /bash-[\d.]+[#$] /;
const HELP = /Keys: r restage from nothing/;

test('the keys work, and the terminal is given back', async ({ place }) => {
  const edited = await EditedPlace.in(place);
  const opened = join(place.root, 'opened');
  const browser = await place.write('bin/xdg-open', `#!/bin/sh\nprintf '%s' "$1" >'${opened}'\n`);
  chmodSync(browser, 0o755);
  const env = { PATH: `${join(place.root, 'bin')}:${process.env['PATH'] ?? ''}` };
  const terminal = new Terminal(place, edited.args(), SIZE, { env });
  const [, url = ''] = await terminal.shows(/started: (http:\S+)/);
  await terminal.shows(HELP);

  terminal.type('f');
  await terminal.shows(/No phase has failed\./);
  terminal.type('o');
  // The next key is heard when the browser has been started.
  let from = terminal.output.length;
  edited.edit('bp/bin/finalize', "echo '-----> Finalizing'", "echo '-----> Finalizing'; exit 7");
  await terminal.shows(/goes on as it was before/, from);
  expect(readFileSync(opened, 'utf8')).toBe(url);

  from = terminal.output.length;
  terminal.type('f');
  await terminal.shows(/goes on as it was before/, from);
  expect(terminal.output.slice(from)).not.toContain('-----> Supplying');

  from = terminal.output.length;
  terminal.type('d');
  await terminal.shows(/exit status 7\): /, from);
  expect(terminal.output.slice(from)).not.toContain('The droplet, against');

  // A shell in the staging that failed; what happens meanwhile is shown afterwards.
  from = terminal.output.length;
  terminal.type('s');
  await terminal.shows(/This runs it again:/, from);
  await terminal.shows(/staging:~\$ /, from);
  terminal.type('echo "in $(id -un) $CF_STACK"\n');
  await terminal.shows(/in vcap cflinuxfs4/, from);
  terminal.type('exit\n');
  await terminal.shows(/exit\r?\n/, from);

  from = terminal.output.length;
  edited.edit('bp/bin/finalize', '; exit 7', '');
  edited.edit('bp/bin/finalize', '=one', '=two');
  await terminal.shows(REDONE, from);
  expect(await greeting(url)).toBe('two');

  from = terminal.output.length;
  terminal.type('d');
  await terminal.shows(/The droplet, against the one before it/, from);

  from = terminal.output.length;
  terminal.type('r');
  await terminal.shows(/asked for: from nothing/, from);
  terminal.type('rd');
  await terminal.shows(REDONE, from);
  expect(terminal.output.slice(from)).toContain('-----> Supplying');
  await terminal.shows(/bin\/release of \.\/bp \(/, from);
  expect(terminal.output.slice(from).match(/asked for/g)).toHaveLength(1);

  terminal.type('q');
  expect(await terminal.ended).toEqual({ exitCode: 0, isRestored: true });
});

test('Ctrl-Z stops it with the terminal as it was, and fg goes on with the keys', async ({ place }) => {
  const edited = await EditedPlace.in(place);
  const terminal = new Terminal(place, ['--norc', '-i'], SIZE, { program: ['bash'] });
  await terminal.shows(PROMPT);
  terminal.type(`"${process.execPath}" "${CFSTAGE}" ${edited.args().join(' ')}\n`);
  await terminal.shows(HELP);
  terminal.type('\u001a');
  await terminal.shows(/Stopped/);
  let from = terminal.output.length;
  terminal.type('stty -a | tr " ;" "\\n\\n" | grep -x -e icanon -e isig | tr "\\n" +\n');
  await terminal.shows(/isig\+icanon\+/, from);
  from = terminal.output.length;
  terminal.type('fg\n');
  await terminal.shows(/watch/, from);
  edited.edit('bp/bin/finalize', '=one', '=two');
  await terminal.shows(REDONE, from);
  terminal.type('?');
  await terminal.shows(HELP, from);
  from = terminal.output.length;
  terminal.type('q');
  await terminal.shows(PROMPT, from);
  terminal.type('exit\n');
  expect(await terminal.ended).toMatchObject({ isRestored: true });
});

test('Ctrl-C ends it with the terminal as it was, and leaves nothing', async ({ place }) => {
  const edited = await EditedPlace.in(place);
  const terminal = new Terminal(place, edited.args(), SIZE);
  await terminal.shows(HELP);
  terminal.type('\u0003');
  expect(await terminal.ended).toEqual({ exitCode: 0, isRestored: true });
  expect(await place.containers()).toEqual([]);
});
