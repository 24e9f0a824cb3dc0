import { countOutcomes, type TestRun } from './test-run.ts';

/** The run as JSON: a TestRun with the counts of its outcomes, times as ISO 8601 texts. */
export function jsonReport(run: TestRun): string {
  const iso = (time: number) => new Date(time).toISOString();
  const { version, startedAt, durationMs, jobs, interrupted, scenarios } = run;
  const report = {
    version,
    startedAt: iso(startedAt),
    durationMs,
    jobs,
    interrupted,
    counts: countOutcomes(scenarios),
    scenarios: scenarios.map((scenario) => ({
      ...scenario,
      startedAt: iso(scenario.startedAt),
      log: { ...scenario.log, lines: scenario.log.lines.map((line) => ({ ...line, time: iso(line.time) })) },
    })),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
