import { logLine } from '../logs/format-log.ts';
import { lastLines } from './capped-log.ts';
import { countOutcomes, type ScenarioRun, type TestRun } from './test-run.ts';

/** Lines of a log that go into the report of a scenario that did not pass. */
const LOG_LINES = 200;

/** The run as JUnit XML, in the form that Jenkins, GitLab and most others read: one suite a file, one case a scenario. */
export function junitReport(run: TestRun): string {
  const files = [...new Set(run.scenarios.map(({ file }) => file))];
  const suites = files.map((file) =>
    suite(
      file,
      run.scenarios.filter((one) => one.file === file),
    ),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="cfstage test"${totals(run.scenarios)} time="${seconds(run.durationMs)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(file: string, scenarios: readonly ScenarioRun[]): string {
  const first = Math.min(...scenarios.map(({ startedAt }) => startedAt));
  const time = scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const head = attributes({ name: file, timestamp: new Date(first).toISOString(), time: seconds(time) });
  return [`  <testsuite${head}${totals(scenarios)}>`, ...scenarios.map(testCase), '  </testsuite>'].join(
    '\n',
  );
}

function testCase(scenario: ScenarioRun): string {
  const { name, file, at, durationMs } = scenario;
  const head = attributes({ name, classname: file, file, line: at.line, time: seconds(durationMs) });
  const body = [...verdict(scenario), ...output(scenario)];
  if (body.length === 0) return `    <testcase${head}/>`;
  return [`    <testcase${head}>`, ...body, '    </testcase>'].join('\n');
}

/** An expectation that does not hold is a failure, everything else that went wrong an error. */
function verdict({ outcome, failure, file, at, artifacts, enter }: ScenarioRun): readonly string[] {
  if (outcome === 'passed') return [];
  if (outcome === 'skipped') return ['      <skipped/>'];
  const element = outcome === 'failed' ? 'failure' : 'error';
  const { message = outcome, details, hint, code, at: place = at } = failure ?? {};
  const text = [
    `${file}:${place.line}:${place.column}: ${message}`,
    ...[details, hint].filter((part) => part !== undefined),
    ...(artifacts === undefined ? [] : [`Artefacts: ${artifacts}`]),
    ...(enter === undefined ? [] : [`Enter the container: ${enter}`]),
  ].join('\n');
  return [
    `      <${element}${attributes({ message: firstLine(message), type: code ?? outcome })}>${escape(text)}</${element}>`,
  ];
}

function output({ outcome, log, app }: ScenarioRun): readonly string[] {
  if (outcome === 'passed' || outcome === 'skipped') return [];
  const { lines, leftOut } = lastLines(log, LOG_LINES);
  if (lines.length === 0) return [];
  const text = [
    ...(leftOut === 0 ? [] : [`[${leftOut} lines before these are left out]`]),
    ...lines.map((line) => logLine({ type: 'log', app, ...line })),
  ].join('\n');
  return [`      <system-out>${escape(text)}</system-out>`];
}

function totals(scenarios: readonly ScenarioRun[]): string {
  const counts = countOutcomes(scenarios);
  return attributes({
    tests: scenarios.length,
    failures: counts.failed,
    errors: counts['staging-error'] + counts.timeout + counts.interrupted,
    skipped: counts.skipped,
  });
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${escape(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
    )
    .join('');
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 cannot hold in any spelling becomes U+FFFD. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
