import { logView } from './log-view.ts';
import { html, type Markup } from './markup.ts';
import { time } from './time.ts';
import { waterfall } from './waterfall.ts';
import type { Failure, KeptLog, Outcome, ScenarioRun } from '../test-run.ts';

const SIGNS: Readonly<Record<Outcome, string>> = {
  passed: '✓',
  failed: '✗',
  'staging-error': '✗',
  timeout: '◷',
  interrupted: '■',
  skipped: '–',
};

/** One scenario that opens; those that did not pass are open. `run` is when the whole run began and how long it took. */
export function scenarioView(
  scenario: ScenarioRun,
  log: KeptLog,
  run: { readonly startedAt: number; readonly durationMs: number },
): Markup {
  const { name, file, at, outcome, durationMs, startedAt, app } = scenario;
  const isBad = outcome !== 'passed' && outcome !== 'skipped';
  const percent = (part: number) => ((100 * part) / Math.max(run.durationMs, 1)).toFixed(2);
  const place = `left:${percent(startedAt - run.startedAt)}%;width:${percent(durationMs)}%`;
  const when =
    outcome === 'skipped'
      ? html`<span class="track"></span><span class="ms">not run</span>`
      : html`<span class="track" title="within the whole run"><i style="${place}"></i></span
          ><span class="ms">${time(durationMs)}</span>`;
  return html`<details
    class="scenario ${outcome}"
    data-outcome="${outcome}"
    ${isBad ? html` open` : undefined}
  >
    <summary class="row">
      <span class="what"
        ><b class="sign">${SIGNS[outcome]}</b>
        <span class="name">${name}</span>
        ${isBad ? html`<span class="chip ${outcome}">${outcome.replace('-', ' ')}</span>` : undefined}<span
          class="place"
          >${file}:${at.line}</span
        ></span
      >${when}
    </summary>
    <div class="body">
      ${failureView(scenario)}${scenario.steps.length === 0 ? undefined : waterfall(scenario)}${outcome === 'skipped' ? undefined : logView(log, startedAt)}${app === '' ? undefined : html`<p class="note">App ${app}</p>`}
    </div>
  </details> `;
}

function failureView({ failure, file, artifacts, enter }: ScenarioRun): Markup | undefined {
  if (failure === undefined) return undefined;
  return html`<div class="failure">
    <p class="place">${file}:${failure.at.line}:${failure.at.column}${code(failure)}</p>
    <pre class="message">${failure.message}</pre>
    ${
      failure.details === undefined ? undefined : html`<pre class="details">${failure.details}</pre>`
    }${failure.hint === undefined ? undefined : html`<p class="hint">${failure.hint}</p>`}${
      artifacts === undefined ? undefined : html`<p>Artefacts: <code>${artifacts}</code></p>`
    }${enter === undefined ? undefined : html`<p>Enter the container: <code>${enter}</code></p>`}
  </div>`;
}

function code({ code: name }: Failure): Markup | undefined {
  return name === undefined ? undefined : html` <span class="code">${name}</span>`;
}
