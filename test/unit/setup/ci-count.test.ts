import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../.ci/count.js', import.meta.url));
const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

function count(report: string, testsExitCode: number, checks: [passed: number, failed: number]) {
  const directory = mkdtempSync(path.join(tmpdir(), 'cfstage-test-'));
  writeFileSync(path.join(directory, 'report.json'), report);
  const args = [path.join(directory, 'report.json'), String(testsExitCode), ...checks.map(String)];
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  rmSync(directory, { recursive: true });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}

it.each<[string, object[], number, [number, number], string]>([
  ['all that passed', [file('passed', 'passed', 'passed', 'skipped')], 0, [3, 0], '5 passed, 0 failed'],
  ['tests that failed', [file('failed', 'passed', 'failed')], 1, [3, 0], '4 passed, 1 failed'],
  ['checks that failed', [file('passed', 'passed')], 0, [2, 1], '3 passed, 1 failed'],
  [
    'a file that cannot be loaded',
    [file('passed', 'passed'), file('failed')],
    1,
    [3, 0],
    '4 passed, 1 failed',
  ],
  ['a run that ended badly after its tests', [file('passed', 'passed')], 1, [3, 0], '4 passed, 1 failed'],
  ['a run without tests', [], 0, [3, 0], '3 passed, 1 failed'],
])('counts %s', (_what, testResults, exitCode, checks, last) => {
  expect(count(JSON.stringify({ testResults }), exitCode, checks)).toEqual({
    last,
    status: last.endsWith(' 0 failed') ? 0 : 1,
  });
});

it('counts a run that left no report as failed', () => {
  expect(count('', 1, [3, 0])).toEqual({ last: '3 passed, 1 failed', status: 1 });
});
