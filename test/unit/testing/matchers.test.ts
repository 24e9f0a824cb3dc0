import { describe, expect, it } from 'vitest';
import '../../../src/testing/vitest.ts';
import { verify } from '../../../src/testing/assert.ts';
import { EventLog } from '../../../src/testing/event-log.ts';
import { LogView } from '../../../src/testing/log-view.ts';
import { emitTo } from '../../../src/logs/emitter.ts';
import { StagingReport } from '../../../src/testing/staging-report.ts';
import { StagingError } from '../../../src/testing/deployment-errors.ts';
import { CfstageError } from '../../../src/errors.ts';

const LOG = ['-----> Supplying Ruby', '       Using Ruby 3.1.2', '       Using gems  ', '-----> Finalizing'];

/** The message of what fails. */
function failureOf(fails: () => unknown): string {
  try {
    fails();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It did not fail');
}

describe('toContainLines', () => {
  it.each([
    { lines: ['-----> Finalizing'] },
    { lines: ['-----> Supplying Ruby', /Ruby \d/, '       Using gems'] },
    { lines: [/Ruby$/, /3\.1/] },
  ])('finds $lines', ({ lines }) => {
    expect(LOG).toContainLines(lines);
    expect(`${LOG.join('\n')}\n`).toContainLines(lines);
    expect(failureOf(() => expect(LOG).not.toContainLines(lines))).toMatch(
      /^Expected the log not to contain /,
    );
  });

  it.each([
    { what: 'in another order', lines: ['       Using gems', '-----> Supplying Ruby'] },
    { what: 'with one between', lines: ['-----> Supplying Ruby', '       Using gems'] },
    { what: 'in part', lines: ['Supplying'] },
    { what: 'that are none', lines: [] },
  ])('does not find lines $what', ({ lines }) => {
    expect(LOG).not.toContainLines(lines);
  });

  it('shows the nearest match with what is missing and what is there', () => {
    expect(
      failureOf(() =>
        expect(LOG).toContainLines(['-----> Supplying Ruby', /Using Ruby 2/, '       Using gems']),
      ),
    ).toBe(`Expected the log to contain these 3 lines in a row:
  -----> Supplying Ruby
  /Using Ruby 2/
         Using gems

The nearest match has 2 of 3, from line 1 of 4 (- expected, + in the log):
    -----> Supplying Ruby
  - /Using Ruby 2/
  +        Using Ruby 3.1.2
           Using gems`);
  });

  it('says that a string is a whole line where a part was given', () => {
    const message = failureOf(() => expect(LOG).toContainLines(['-----> Supplying Ruby', 'Using Ruby']));
    expect(message).toContain('A string must be the whole line; give a RegExp for a part of one.');
  });

  it('shows the end of a log that has none of the lines', () => {
    expect(failureOf(() => expect(LOG).toContainLines(['nothing']))).toContain(
      'None of them is in its 4 lines, which end with:\n    -----> Supplying Ruby',
    );
  });

  it('waits for a log that goes on, and gives up in time', async () => {
    const log = new EventLog();
    const view = new LogView(log.source());
    const say = (message: string) =>
      emitTo([log])({ type: 'log', app: 'a', source: 'APP/PROC/WEB/0', stream: 'OUT', message });
    const waiting = expect(view).toContainLines(['one', 'two'], { within: 5_000 });
    void say('one');
    void say('two');
    await waiting;
    await expect(expect(view).toContainLines(['three'], { within: 10 })).rejects.toThrow(/None of them/);
    await expect(view).not.toContainLines(['three'], { within: 10 });
  });
});

describe('as plain functions', () => {
  it('they throw what the matchers say', () => {
    expect(() => verify.toContainLines(LOG, ['nothing'])).toThrow(
      /^Expected the log to contain this line:\n {2}nothing/,
    );
    expect(() => verify.not.toContainLines(LOG, ['-----> Finalizing'])).toThrow(
      /^Expected the log not to contain/,
    );
    verify.toContainLines(LOG, [/Finalizing/]);
    verify.not.toContainLines(LOG, ['nothing']);
  });
});

describe('toFailStaging and toStageWithin', () => {
  function staging(exitCode: number): { log: EventLog; report: StagingReport } {
    const log = new EventLog();
    const report = new StagingReport(log);
    const emit = emitTo([log]);
    const named = { app: 'a', phase: 'finalize', buildpack: 'bp' };
    void emit({ type: 'phase-started', ...named });
    void emit({ type: 'log', app: 'a', source: 'STG/0', stream: 'ERR', message: 'broken' });
    void emit({ type: 'phase-ended', ...named, exitCode, durationMs: 70 });
    void emit({ type: 'staged', app: 'a', durationMs: 90, result: null });
    return { log, report };
  }

  function stagingError(): StagingError {
    const { log, report } = staging(9);
    const cause = new CfstageError('BUILDPACK_COMPILE_FAILED', 'App staging failed', { exitCode: 223 });
    return new StagingError(cause, { app: 'a', staging: report, logs: new LogView(log.source()) });
  }

  it('accept the failure by all that is known of it', async () => {
    const options = {
      phase: 'finalize',
      buildpack: 'bp',
      exitCode: 223,
      status: 9,
      log: ['broken'],
    } as const;
    await expect(stagingError()).toFailStaging(options);
    await expect(Promise.reject(stagingError())).toFailStaging({ log: /brok/ });
    await expect(() => Promise.reject(stagingError())).toFailStaging();
  });

  it('tell what of it was another', async () => {
    const wrong = { phase: 'supply', exitCode: 225, status: 1, log: 'fine' } as const;
    await expect(expect(stagingError()).toFailStaging(wrong)).rejects.toThrow(
      /^Expected the app to fail staging with phase "supply", exitCode 225, status 1, log "fine"\n\nThe phase was "finalize"\.\nThe exit code was 223\.\nThe status of the script was 9\.\nNo line of the staging log has "fine"\.\nIt failed so:\n {2}App staging failed/,
    );
    await expect(expect(stagingError()).not.toFailStaging()).rejects.toThrow(
      /^Expected the app not to fail staging/,
    );
    await expect(expect(Promise.resolve('fine')).toFailStaging()).rejects.toThrow('It was staged.');
  });

  it('let an error that is none of staging through', async () => {
    await expect(expect(Promise.reject(new Error('a typo'))).not.toFailStaging()).rejects.toThrow('a typo');
  });

  it('show where the time went', () => {
    const { report } = staging(0);
    expect(report).toStageWithin(90);
    expect(failureOf(() => expect(report).toStageWithin(50))).toBe(
      'Expected the app to stage within 50 ms\n\nIt took 90 ms:\n  70 ms  bin/finalize of bp',
    );
  });

  it('show a caught error to a test runner without end', () => {
    expect(JSON.stringify(stagingError()).length).toBeLessThan(2_000);
  });
});
