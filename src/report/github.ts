import type { ScenarioRun, TestRun } from './test-run.ts';

/**
 * Workflow commands that make GitHub show each failure at its line of the spec. Source: actions/toolkit
 * packages/core/src/command.ts for what has to be escaped.
 *
 * @param prefix of the files, e.g. `tests/` when the working directory is a folder of the repository.
 */
export function githubAnnotations({ scenarios }: TestRun, prefix: string): string {
  return scenarios
    .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped')
    .map((scenario) => `${annotation(scenario, prefix)}\n`)
    .join('');
}

function annotation({ name, file, at, failure, outcome }: ScenarioRun, prefix: string): string {
  const { message = outcome, details, at: place = at } = failure ?? {};
  const properties = {
    file: `${prefix}${file}`,
    line: String(place.line),
    col: String(place.column),
    title: `${name}: ${outcome}`,
  };
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  const text = details === undefined ? message : `${message}\n${details}`;
  return `::error ${written.join(',')}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
