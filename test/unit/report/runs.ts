import type { KeptLog, LogLine, Outcome, ScenarioRun, TestRun } from '../../../src/report/test-run.ts';

/** Text that means something in every format there is. */
export const HOSTILE = `</script><script>document.title='owned'</script> & "quoted" 'so' ]]> %0A,:: \u0000\u001b[31m \uD800 <b>é</b>`;

export const START = Date.UTC(2026, 10, 26, 22, 0, 0);

export function logOf(lines: readonly (readonly [string, string])[], startedAt = START): KeptLog {
  return {
    lines: lines.map(([source, message], i): LogLine => ({
      time: startedAt + 40 * i,
      source,
      stream: /error|fail/i.test(message) ? 'ERR' : 'OUT',
      message,
    })),
    leftOut: 0,
    leftOutAfter: 0,
  };
}

export function scenarioRun(name: string, outcome: Outcome, more: Partial<ScenarioRun> = {}): ScenarioRun {
  const step = { at: { line: 9, column: 9 }, outcome: 'passed' as const };
  return {
    name,
    file: 'specs/web.cfstage.yml',
    at: { line: 7, column: 5 },
    matrix: {},
    app: 'serves-1a2b',
    outcome,
    startedAt: START,
    durationMs: 2000,
    workMs: 1900,
    steps: [
      { ...step, title: 'stage', startMs: 0, durationMs: 1200 },
      {
        ...step,
        title: 'expect log',
        startMs: 1200,
        durationMs: 4,
        outcome: outcome === 'passed' ? 'passed' : 'failed',
      },
    ],
    phases: [
      {
        name: 'supply',
        buildpack: 'ruby_buildpack',
        startMs: 300,
        durationMs: 500,
        exitCode: 0,
        files: [
          { path: 'deps/0/bin/ruby', change: 'added' },
          { path: 'app/Gemfile.lock', change: 'changed' },
        ],
        moreFiles: 0,
      },
    ],
    log: logOf([
      ['STG/0', '-----> Supplying Ruby'],
      ['APP/PROC/WEB/0', 'error: nothing listens'],
    ]),
    ...(outcome === 'passed' || outcome === 'skipped'
      ? {}
      : { failure: { message: `It ${outcome}`, at: { line: 10, column: 9 } } }),
    ...more,
  };
}

export function testRun(scenarios: readonly ScenarioRun[], more: Partial<TestRun> = {}): TestRun {
  return { version: 1, startedAt: START, durationMs: 4000, jobs: 2, interrupted: false, scenarios, ...more };
}

/** One of each outcome. */
export const EVERY_OUTCOME = testRun(
  [
    scenarioRun('serves', 'passed'),
    scenarioRun('says hello', 'failed', {
      failure: {
        message: "The log has no line '-----> Hello'",
        details: 'nearest:  -----> Supplying Ruby',
        at: { line: 10, column: 9 },
      },
      artifacts: 'artifacts/says-hello',
      enter: 'docker exec -it says-hello bash',
    }),
    scenarioRun('stages', 'staging-error', {
      failure: {
        message: 'Failed to run supply script',
        code: 'STAGING_FAILED',
        hint: 'Read the lines above.',
        at: { line: 8, column: 9 },
      },
    }),
    scenarioRun('ends', 'timeout'),
    scenarioRun('goes on', 'interrupted', { file: 'specs/other.cfstage.yml' }),
    scenarioRun('is left out', 'skipped', {
      file: 'specs/other.cfstage.yml',
      steps: [],
      phases: [],
      log: logOf([]),
    }),
  ],
  { interrupted: true },
);
