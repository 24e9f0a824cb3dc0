import { expect, it } from 'vitest';
import { crashLines, storedReason } from '../../../src/lifecycle/crash-report.ts';

it('tells of a crash as Cloud Controller does', () => {
  expect(
    crashLines({
      app: { guid: 'a-guid', version: 'a-version' },
      processType: 'web',
      instance: { guid: 'i-guid', index: 2 },
      cellId: 'cfstage',
      reason: 'APP/PROC/WEB: Exited with status 137 (out of memory)',
      crashCount: 3,
      time: 1_700_000_000_123,
    }),
  ).toEqual([
    'Process has crashed with type: "web"',
    'App instance exited with guid a-guid payload: {"instance"=>"i-guid", "index"=>2, "cell_id"=>"cfstage", ' +
      '"reason"=>"CRASHED", "exit_description"=>"APP/PROC/WEB: Exited with status 137 (out of memory)", ' +
      '"crash_count"=>3, "crash_timestamp"=>1700000000123000000, "version"=>"a-version"}',
  ]);
});

it('keeps 1024 bytes of a reason, whole characters only', () => {
  expect(storedReason('x'.repeat(1024))).toHaveLength(1024);
  expect(storedReason('x'.repeat(1025))).toBe(`${'x'.repeat(1013)}(truncated)`);
  expect(storedReason(`x${'é'.repeat(600)}`)).toBe(`x${'é'.repeat(506)}(truncated)`);
});
