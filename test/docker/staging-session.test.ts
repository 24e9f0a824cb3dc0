import { expect } from 'vitest';
import { EditedPlace, greeting, REDONE } from './support/edited-place.ts';
import { Terminal } from './support/terminal.ts';
import { test } from './support/workplace.ts';

const SIZE = { columns: 120, rows: 40 };
const PROMPT = /staging:\S* ?\$ /;

test('a shell in a failed staging stays, with its processes, while redos bring the container back', async ({
  place,
}) => {
  const edited = await EditedPlace.in(place);
  const finalizing = "echo '-----> Finalizing'";
  edited.edit('bp/bin/finalize', finalizing, `${finalizing}; exit 7`);
  const watch = await edited.start();
  const shell = new Terminal(place, ['ssh', '--staging', place.app], SIZE);
  await shell.shows(PROMPT);
  const say = async (line: string, answer: RegExp) => {
    const from = shell.output.length;
    shell.type(`${line}\n`);
    return await shell.shows(answer, from);
  };
  await say('cd /tmp/app; touch by-hand; sleep 1000 & echo "is $!"', /is \d+/);
  await say('setsid sleep 2000 & echo "is $!"', /is \d+/);
  await say('env -i sleep 3000 & echo "is $!"', /is \d+/);

  const redo = async (from: string, to: string, phase = 'finalize') => {
    const position = watch.position;
    edited.edit(`bp/bin/${phase}`, from, to);
    await watch.says(REDONE, position);
    return watch.since(position);
  };
  expect(await redo('; exit 7', '; exit 8')).toContain('exit status 8');
  await say('pgrep -u vcap -xc sleep', /^3\r?$/m);
  expect(await redo('; exit 8', '')).toContain('from the change to the answer');
  const url = await watch.url();
  expect(await greeting(url)).toBe('one');
  const supplying = "echo '-----> Supplying'";
  expect(await redo(supplying, `${supplying}; ls -A /tmp/app`, 'supply')).not.toContain('by-hand');
  await say('pgrep -u vcap -xc sleep', /^3\r?$/m);
  await say('cd /tmp/app && ls -A .profile.d 2>&1; echo "at $PWD"', /at \/tmp\/app/);
  expect(watch.output).not.toContain('leaves processes running');
  shell.type('exit\n');
  expect(await shell.ended).toMatchObject({ exitCode: 0, isRestored: true });
  expect(await watch.end()).toMatchObject({ exitCode: 0 });
});
