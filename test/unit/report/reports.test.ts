import { parse } from 'junit2json';
import { describe, expect, it } from 'vitest';
import { CappedLog } from '../../../src/report/capped-log.ts';
import { githubAnnotations } from '../../../src/report/github.ts';
import { jsonReport } from '../../../src/report/json.ts';
import { junitReport } from '../../../src/report/junit.ts';
import { EVERY_OUTCOME, HOSTILE, logOf, scenarioRun, testRun } from './runs.ts';

describe('the JUnit file, as a parser of others reads it', () => {
  it('has every outcome', async () => {
    const read = await parse(junitReport(EVERY_OUTCOME));
    expect(read).toMatchObject({
      name: 'cfstage test',
      tests: 6,
      failures: 1,
      errors: 3,
      skipped: 1,
      time: 4,
    });
    const suites = read && 'testsuite' in read ? (read.testsuite ?? []) : [];
    expect(suites).toMatchObject([
      { name: 'specs/web.cfstage.yml', tests: 4, failures: 1, errors: 2, skipped: 0, time: 8 },
      { name: 'specs/other.cfstage.yml', tests: 2, failures: 0, errors: 1, skipped: 1 },
    ]);
    const cases = suites.flatMap((suite) => suite.testcase ?? []);
    expect(cases[0]).toEqual({
      name: 'serves',
      classname: 'specs/web.cfstage.yml',
      file: 'specs/web.cfstage.yml',
      line: 7,
      time: 2,
    });
    expect(cases[1]).toMatchObject({
      name: 'says hello',
      failure: [
        {
          message: "The log has no line '-----> Hello'",
          type: 'failed',
          inner: [
            "specs/web.cfstage.yml:10:9: The log has no line '-----> Hello'",
            'nearest:  -----> Supplying Ruby',
            'Artefacts: artifacts/says-hello',
            'Enter the container: docker exec -it says-hello bash',
          ].join('\n'),
        },
      ],
    });
    expect(cases[1]?.['system-out']?.join('\n')).toContain('[STG/0] OUT -----> Supplying Ruby\n');
    expect(cases.slice(2)).toMatchObject([
      { name: 'stages', error: [{ type: 'STAGING_FAILED', message: 'Failed to run supply script' }] },
      { name: 'ends', error: [{ type: 'timeout' }] },
      { name: 'goes on', error: [{ type: 'interrupted' }] },
      { name: 'is left out', skipped: [{}] },
    ]);
  });

  it('holds any text, but for characters that XML cannot hold', async () => {
    const xml = junitReport(
      testRun([
        scenarioRun(HOSTILE, 'failed', {
          failure: { message: `${HOSTILE}\nsecond line`, at: { line: 1, column: 1 } },
          log: logOf([['STG/0', HOSTILE]]),
        }),
      ]),
    );
    const read = await parse(xml);
    const suites = read && 'testsuite' in read ? (read.testsuite ?? []) : [];
    const [found] = suites.flatMap((suite) => suite.testcase ?? []);
    const shown = HOSTILE.replace(/[\u0000\u001b\uD800]/g, '\uFFFD');
    expect(found?.name).toBe(shown);
    expect(found?.failure?.[0]).toMatchObject({
      message: shown,
      inner: `specs/web.cfstage.yml:1:1: ${shown}\nsecond line`,
    });
    expect(found?.['system-out']?.[0]).toContain(shown);
  });

  it('is one also when nothing was run', async () => {
    expect(await parse(junitReport(testRun([])))).toMatchObject({ tests: 0, failures: 0 });
  });
});

describe('the annotations for GitHub', () => {
  it('are there for everything that did not pass, at its line', () => {
    expect(githubAnnotations(EVERY_OUTCOME, 'sub/').split('\n')).toEqual([
      "::error file=sub/specs/web.cfstage.yml,line=10,col=9,title=says hello%3A failed::The log has no line '-----> Hello'%0Anearest:  -----> Supplying Ruby",
      '::error file=sub/specs/web.cfstage.yml,line=8,col=9,title=stages%3A staging-error::Failed to run supply script',
      '::error file=sub/specs/web.cfstage.yml,line=10,col=9,title=ends%3A timeout::It timeout',
      '::error file=sub/specs/other.cfstage.yml,line=10,col=9,title=goes on%3A interrupted::It interrupted',
      '',
    ]);
  });

  it('cannot be ended or forged by what a scenario says', () => {
    const text = githubAnnotations(
      testRun([
        scenarioRun('a,file=b::c\r\nd', 'failed', {
          failure: { message: '100%\n::error file=x::forged\r', at: { line: 1, column: 2 } },
        }),
      ]),
      '',
    );
    expect(text).toBe(
      '::error file=specs/web.cfstage.yml,line=1,col=2,title=a%2Cfile=b%3A%3Ac%0D%0Ad%3A failed::100%25%0A::error file=x::forged%0D\n',
    );
  });
});

it('the JSON report has all that is known', () => {
  const report = JSON.parse(jsonReport(EVERY_OUTCOME)) as Record<string, unknown>;
  expect(report).toMatchObject({
    version: 1,
    startedAt: '2026-11-26T22:00:00.000Z',
    interrupted: true,
    counts: { passed: 1, failed: 1, 'staging-error': 1, timeout: 1, interrupted: 1, skipped: 1 },
  });
  expect(report['scenarios']).toMatchObject([
    {
      name: 'serves',
      steps: [{ title: 'stage', at: { line: 9 } }, {}],
      phases: [{ name: 'supply', files: [{ path: 'deps/0/bin/ruby', change: 'added' }, {}] }],
      log: { lines: [{ time: '2026-11-26T22:00:00.000Z', message: '-----> Supplying Ruby' }, {}] },
    },
    ...Array<object>(5).fill({}),
  ]);
});

describe('a log that is kept', () => {
  const log = (count: number) => {
    const capped = new CappedLog();
    for (let i = 0; i < count; i += 1)
      capped.add({ time: i, source: 'APP/PROC/WEB/0', stream: 'OUT', message: `line ${i}` });
    return capped.kept;
  };

  it('is whole while it is short', () => {
    expect(log(3000)).toMatchObject({ leftOut: 0, lines: { length: 3000 } });
  });

  it.each([3001, 6543, 250_000])('of %d lines is its beginning and its end', (count) => {
    const { lines, leftOut, leftOutAfter } = log(count);
    expect({ leftOut, leftOutAfter, kept: lines.length }).toEqual({
      leftOut: count - 3000,
      leftOutAfter: 1000,
      kept: 3000,
    });
    expect([lines[0], lines[999], lines[1000], lines.at(-1)].map((line) => line?.message)).toEqual([
      'line 0',
      'line 999',
      `line ${count - 2000}`,
      `line ${count - 1}`,
    ]);
  });

  it('has no endless lines', () => {
    const capped = new CappedLog();
    capped.add({ time: 0, source: 'STG/0', stream: 'OUT', message: 'x'.repeat(60_000) });
    expect(capped.kept.lines[0]?.message).toBe(`${'x'.repeat(4000)} […]`);
  });
});
