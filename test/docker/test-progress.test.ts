import { describe, expect } from 'vitest';
import { buildpack, fixture } from './support/paths.ts';
import { screenOf } from './support/screen.ts';
import { Terminal } from './support/terminal.ts';
import { STAND_IN, test } from './support/workplace.ts';

const PROCFILE = buildpack('uses-the-procfile');
const HELLO = `app: ${fixture('apps/hello-web')}\nbuildpacks: [${PROCFILE}]\nstack: cflinuxfs4\n`;
const TAKES = /\d+(?:\.\d+)? m?s$/;

/** What is on the screen of `cfstage test` at its end, without times. */
function left(terminal: Terminal, columns: number): readonly string[] {
  const rows = screenOf(terminal.output, columns);
  const from = rows.findIndex((row) => row.startsWith('pid='));
  const to = rows.findIndex((row) => row.startsWith('exit='));
  return rows.slice(from + 1, to).map((row) => row.replace(TAKES, 'TIME'));
}

describe('on a terminal', () => {
  test.for([80, 40])(
    'of %d columns, all that is left of 16 scenarios is their results',
    async (columns, { place }) => {
      const steps = (i: number) => {
        if (i === 3) return '[{ exec: "true" }]';
        return i === 5
          ? '[start, { exec: "echo one\\nsleep 1\\necho 安装依赖安装依赖安装依赖安装依赖" }]'
          : '[stage]';
      };
      const names = Array.from({ length: 16 }, (_, i) => `${i} serves an app, with a name as long as that`);
      const scenarios = names.map((name, i) => `  - { name: '${name}', steps: ${steps(i)} }\n`);
      await place.write('many.cfstage.yml', `${HELLO}scenarios:\n${scenarios.join('')}`);
      await using terminal = new Terminal(place, ['test', ...STAND_IN, '--jobs', '3'], { columns, rows: 24 });
      await terminal.shows(/\d+ of 16(?:, 1 not passed)?: .*exec/);
      expect(await terminal.ended).toEqual({ exitCode: 1, isRestored: true });

      // No state of the line is longer than the row that it is on.
      const states = terminal.output.match(/\d+ of 16[^\r\n]*/g) ?? [];
      expect(states.length).toBeGreaterThan(16);
      for (const state of states) expect(screenOf(state, columns)).toHaveLength(1);
      // A name may be cut by the end of a row.
      const text = left(terminal, columns).join('').replaceAll(/\s/g, '');
      for (const name of names) expect(text).toContain(name.replaceAll(' ', ''));
      expect(text).toContain('Theappwasnotstagedyet');
      expect(text).toMatch(/16scenarios:15passed,1failedin/);
      expect(text).not.toContain('of16');
      expect(text.match(/✓/g)).toHaveLength(15);
    },
  );

  test('Ctrl-C leaves what has ended, what was interrupted and why, and nothing else', async ({ place }) => {
    await place.write(
      'long.cfstage.yml',
      `${HELLO}scenarios:
  - { name: is quick, steps: [stage] }
  - name: is long
    steps: [stage]
    buildpacks: [${buildpack('waits-in-supply')}, ${PROCFILE}]
  - { name: never comes, steps: [stage] }
`,
    );
    await using terminal = new Terminal(place, ['test', ...STAND_IN, '--jobs', '1'], {
      columns: 80,
      rows: 24,
    });
    await terminal.shows(/1 of 3: is long: stage/);
    terminal.type('\x03');
    expect(await terminal.ended).toEqual({ exitCode: 130, isRestored: true });
    expect(left(terminal, 80).map((row) => row.replace(/\d\S* m?s  long/, 'TIME  long'))).toEqual([
      '✓ is quick  TIME',
      '■ is long  TIME  long.cfstage.yml:7:13',
      "    Interrupted, in the step 'stage'",
      '– never comes  not run',
      '',
      '3 scenarios: 1 passed, 1 interrupted, 1 skipped in TIME',
      'Interrupted',
      'FAILED (INTERRUPTED)',
    ]);
  });
});
