import type { Writable } from 'node:stream';
import { createColors } from 'picocolors';
import { oneLine } from '../logs/fit-text.ts';
import { StatusLine } from '../logs/status-line.ts';
import { countOutcomes, OUTCOMES, type Outcome, type ScenarioRun, type TestRun } from '../report/test-run.ts';
import { time } from '../report/html/time.ts';
import type { TestProgress } from '../test-runner/options.ts';
import { renderRunning } from './running-scenarios.ts';
import type { FoundScenario } from '../test-runner/read-specs.ts';

type Output = Writable & { readonly isTTY?: boolean };

const SIGNS: Readonly<Record<Outcome, string>> = {
  passed: '✓',
  failed: '✗',
  'staging-error': '✗',
  timeout: '✗',
  interrupted: '■',
  skipped: '–',
};
/** Of what is told of a failure; the reports have all. */
const MAX_DETAILS = 25;

/** One line for each scenario that has ended; on a terminal also one for what goes on. */
export class TestProgressLines implements TestProgress {
  readonly #print: (text: string) => void;
  readonly #status: StatusLine;
  readonly #colours: ReturnType<typeof createColors>;
  readonly #running = new Map<FoundScenario, string>();
  #total = 0;
  #ended = 0;
  #bad = 0;

  constructor(stdout: Output, stderr: Output, colour: boolean) {
    this.#print = (text) => {
      this.#status.clear();
      stdout.write(`${text}\n`);
    };
    this.#status = new StatusLine(stderr);
    this.#colours = createColors(colour && stdout.isTTY === true);
  }

  planned(scenarios: readonly FoundScenario[]): void {
    this.#total = scenarios.length;
  }

  begun(scenario: FoundScenario): void {
    this.step(scenario, '');
  }

  step(scenario: FoundScenario, title: string): void {
    this.#running.set(scenario, title);
    this.#show();
  }

  ended(scenario: FoundScenario, run: ScenarioRun): void {
    this.#running.delete(scenario);
    this.#ended += 1;
    if (run.outcome !== 'passed') this.#bad += 1;
    this.#print(this.#line(run));
    this.#show();
  }

  /** Takes away what is said of what goes on. */
  clear(): void {
    this.#status.clear();
  }

  /** The last lines. */
  finish({ scenarios, durationMs, interrupted }: TestRun): void {
    const { green, red, bold } = this.#colours;
    for (const { outcome, name } of scenarios)
      if (outcome === 'skipped') this.#print(`${this.#sign(outcome)} ${oneLine(name)}  not run`);
    const counts = countOutcomes(scenarios);
    const told = OUTCOMES.filter((outcome) => counts[outcome] > 0)
      .map((outcome) => `${counts[outcome]} ${outcome.replace('-', ' ')}`)
      .join(', ');
    const good = !interrupted && counts.passed === scenarios.length;
    const total = `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'}`;
    this.#print(`\n${bold((good ? green : red)(total))}: ${told} in ${time(durationMs)}`);
  }

  #line(run: ScenarioRun): string {
    const { name, outcome, durationMs, failure, file, artifacts, enter } = run;
    const { dim, red } = this.#colours;
    const head = `${this.#sign(outcome)} ${oneLine(name)}  ${dim(time(durationMs))}`;
    if (failure === undefined) return head;
    const { message, details, hint, at, code } = failure;
    return [
      `${head}  ${file}:${at.line}:${at.column}`,
      ...indent(red(code === undefined ? message : `${message} (${code})`)),
      ...(details === undefined ? [] : indent(lastLines(details))),
      ...[hint, artifacts && `Artefacts: ${artifacts}`, enter && `Enter the container: ${enter}`].flatMap(
        (text) => (text === undefined || text === '' ? [] : indent(dim(text))),
      ),
    ].join('\n');
  }

  #sign(outcome: Outcome): string {
    const { green, red, yellow } = this.#colours;
    const colour = outcome === 'passed' ? green : outcome === 'skipped' ? yellow : red;
    return colour(SIGNS[outcome]);
  }

  #show(): void {
    const bad = this.#bad === 0 ? '' : `, ${this.#bad} not passed`;
    const head = `${this.#ended} of ${this.#total}${bad}: `;
    const running = [...this.#running].map(([{ name }, step]) => ({
      name: oneLine(name),
      step: oneLine(step),
    }));
    this.#status.show(`${head}${renderRunning(running, this.#status.columns - head.length)}`);
  }
}

function indent(text: string): readonly string[] {
  return text.split('\n').map((line) => `    ${line}`);
}

function lastLines(text: string): string {
  const lines = text.split('\n');
  return lines.length <= MAX_DETAILS ? text : ['[…]', ...lines.slice(-MAX_DETAILS)].join('\n');
}
