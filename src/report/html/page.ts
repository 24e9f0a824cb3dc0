import { lastLines } from '../capped-log.ts';
import {
  countOutcomes,
  isGood,
  OUTCOMES,
  type KeptLog,
  type ScenarioRun,
  type TestRun,
} from '../test-run.ts';
import { html, Markup } from './markup.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { scenarioView } from './scenario-view.ts';
import { time } from './time.ts';

/** Characters of log that a page holds before the logs are cut. */
const LOG_BUDGET = 8_000_000;
const CUT_TO_LINES = 100;

/** The run as one page that needs nothing else: no script, style, font or image from anywhere. */
export function htmlReport(run: TestRun): string {
  const { scenarios, startedAt, durationMs, jobs, interrupted } = run;
  const counts = countOutcomes(scenarios);
  const { logs, cut } = fitLogs(scenarios);
  const good = isGood(run);
  const chips = OUTCOMES.filter((outcome) => counts[outcome] > 0).map(
    (outcome) =>
      html`<button type="button" class="chip ${outcome}" data-outcome="${outcome}" aria-pressed="false">
        ${counts[outcome]} ${outcome.replace('-', ' ')}
      </button>`,
  );
  const verdict = interrupted ? 'Interrupted' : good ? 'All passed' : 'Not all passed';
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        />
        <title>${verdict}: cfstage test</title>
        <style>
          ${new Markup(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <header class="${good ? 'good' : 'bad'}">
          <h1>cfstage test <span class="verdict">${verdict}</span></h1>
          <p class="facts">
            ${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'} in ${time(durationMs)},
            ${jobs} at a time, begun
            <time datetime="${new Date(startedAt).toISOString()}"
              >${new Date(startedAt).toISOString().replace('T', ' ').slice(0, 19)} UTC</time
            >
          </p>
          <div class="filters" id="filters">
            ${chips}<input
              type="search"
              id="find"
              placeholder="find a scenario"
              aria-label="Find a scenario"
            /><button type="button" id="toggle">open all</button>
          </div>
          ${cut ? html`<p class="note">The logs are too large for one page: of each, the last ${CUT_TO_LINES} lines are here.</p>` : undefined}
        </header>
        <main>
          ${scenarios.map((scenario, i) => scenarioView(scenario, logs[i] ?? scenario.log, run))}
          <p class="note" id="none" hidden>No scenario fits.</p>
        </main>
        <script>
          ${new Markup(PAGE_SCRIPT)};
        </script>
      </body>
    </html> `.text;
}

/** All logs when they fit; else those of what passed are cut, and if that is not enough, all. */
function fitLogs(scenarios: readonly ScenarioRun[]): {
  readonly logs: readonly KeptLog[];
  readonly cut: boolean;
} {
  const whole = scenarios.map(({ log }) => log);
  if (characters(whole) <= LOG_BUDGET) return { logs: whole, cut: false };
  const cut = (log: KeptLog) => lastLines(log, CUT_TO_LINES);
  const some = scenarios.map(({ log, outcome }) => (outcome === 'passed' ? cut(log) : log));
  return { logs: characters(some) <= LOG_BUDGET ? some : whole.map(cut), cut: true };
}

function characters(logs: readonly KeptLog[]): number {
  return logs.reduce(
    (sum, { lines }) => sum + lines.reduce((of, { message }) => of + message.length + 20, 0),
    0,
  );
}
